// A program started by a test: fork and exec, its output captured, its end awaited with a deadline.
//
// Owns the process: one that still runs when the object dies is killed and reaped, so no test leaves anything behind;
// it dies, too, with the thread that started it.
// Two threads an object: one gathers stdout and stderr as they come (a child never blocks on a full pipe), one waits
// for the end. All calls may come from any thread. Every wait has a deadline; reaching it is an answer, not an
// exception. The constructor throws std::system_error when nothing can be started; a program that is not there exits
// with 127.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace spindrift::support {

// Sanitizer builds on a busy machine are slow; a wait that ends early costs nothing, so waits are long.
inline constexpr std::chrono::seconds patience{60};

struct child_settings {
  std::vector<std::string> environment{};  // "NAME=value", on top of the test's own
  std::string input{};                     // what the program reads from stdin, then the end of file
  std::size_t open_files_max = 0;          // hard limit of descriptors; 0: the test's own
};

class child_process {
public:
  // command[0] is a path, or a name that is looked up in PATH.
  explicit child_process(const std::vector<std::string>& command, child_settings settings = {});
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;
  ~child_process();

  pid_t pid() const { return pid_; }
  // Does nothing when the process is gone.
  void send_signal(int signal);
  bool is_running() const;
  // The exit code, or 128 + the signal that ended it. Nothing: it still runs. All its output has been gathered then,
  // unless a grandchild holds the pipes open.
  std::optional<int> wait_exit(std::chrono::milliseconds deadline = patience);
  // Whether `is_there(output, errors)` became true; false at the deadline, or when it is false at the process's end.
  bool wait_output(const std::function<bool(const std::string&, const std::string&)>& is_there,
                   std::chrono::milliseconds deadline = patience);
  std::string output() const;
  std::string errors() const;

private:
  struct pipe_ends;
  void start(const std::vector<std::string>& command, const child_settings& settings, const pipe_ends& input,
             const pipe_ends& output, const pipe_ends& errors);
  void gather(std::string input);
  void await_end();

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int errors_ = -1;
  mutable std::mutex lock_;
  mutable std::condition_variable changed_;
  std::string output_text_;
  std::string errors_text_;
  bool is_drained_ = false;
  bool is_abandoned_ = false;
  std::optional<int> exit_code_;
  std::thread gatherer_;
  std::thread waiter_;
};

struct child_result {
  std::optional<int> exit_code;  // nothing: it had to be killed at the deadline
  std::string output;
  std::string errors;
};

// Runs a program to its end.
child_result run_to_end(const std::vector<std::string>& command, child_settings settings = {},
                        std::chrono::milliseconds deadline = patience);

// Whether PATH has a program of this name.
bool is_in_path(std::string_view program);

}  // namespace spindrift::support
