// gnuplot as a child process, started by fork and exec without a shell: nothing that stands in a name or a path is ever
// read by one. Its standard input is ours to write; it does not die of a Ctrl-C that was meant for us.
//
// Owns the process and the pipe: the destructor closes the pipe and waits for the end, at most 2 s, then kills. One
// thread at a time. The program must ignore SIGPIPE: gnuplot may die at any moment.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace spindrift {

class child {
public:
  // Where the child's standard output and error go.
  enum class voice { ours, silent, captured };

  // Null input() when it could not be started.
  child(const std::vector<std::string>& arguments, voice output);
  ~child();
  child(const child&) = delete;
  child& operator=(const child&) = delete;

  // To the child's standard input; the child owns it until release_input().
  std::FILE* input() const { return input_; }
  // The caller closes it from now on.
  std::FILE* release_input();
  // What it wrote so far and until its end, with voice captured: at most 64 KiB.
  std::string read_all();
  // Closes the input and waits; the exit code, or nothing when it had to be killed or was.
  std::optional<int> finish(int seconds_max);
  pid_t pid() const { return pid_; }

private:
  std::optional<int> await(int seconds_max);

  pid_t pid_ = -1;
  std::FILE* input_ = nullptr;
  int output_ = -1;
};

}  // namespace spindrift
