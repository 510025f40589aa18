// gnuplot as a child process, started by fork and exec without a shell: nothing that stands in a name or a path is ever
// read by one. Its standard input is ours to write. It is in a process group of its own, so that a Ctrl-C in the
// terminal is for us alone and neither gnuplot nor its windows complain of it.
//
// What it says on standard error is kept out of sight and never in its way: it goes to memory, of which the end is read
// by last_error(). Owns the process and the pipes: the destructor closes them and waits for the end, at most 2 s, then
// kills. One thread at a time. The program must ignore SIGPIPE: gnuplot may die at any moment.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

// How a child ended.
struct child_end {
  std::optional<int> exit_code;  // where it exited
  int signal = 0;                // where it was killed
  bool is_overdue = false;       // it did not end in time, so we killed it

  bool is_success() const { return exit_code == 0; }
};

// "exit status 2", "signal 9 (Killed)", "it did not end in time".
std::string to_text(const child_end& end);

// The last line in which something is said, made harmless.
std::string last_line_of(std::string_view text);

class child {
public:
  // Where the child's standard output goes. Heard: to read_all(). Captured: its standard error as well, and
  // last_error() is empty.
  enum class voice { ours, silent, heard, captured };

  // Null input() when it could not be started.
  child(const std::vector<std::string>& arguments, voice output);
  ~child();
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  // To the child's standard input; the child owns it until release_input().
  std::FILE* input() const { return input_; }
  // The caller closes it from now on.
  std::FILE* release_input();
  // Writes all of it and closes the input. False when the child reads no more, or nothing for so many seconds.
  bool write_all(std::string_view bytes, int seconds_max);
  // What it wrote so far and until its end, with voice heard or captured: at most 64 KiB.
  std::string read_all();
  // What it wrote to standard error since this was asked last; at most the last 4,096 bytes of it.
  std::string take_errors();
  // The last line that it wrote to standard error and that was not yet asked for, made harmless, at most 200
  // characters; forgets all of it.
  std::string last_error();
  // Closes the input and waits. Only the first call tells.
  child_end finish(int seconds_max);
  pid_t pid() const { return pid_; }

private:
  void start(const std::vector<std::string>& arguments, voice output);

  pid_t pid_ = -1;
  std::FILE* input_ = nullptr;
  int output_ = -1;
  int errors_ = -1;
};

}  // namespace spindrift
