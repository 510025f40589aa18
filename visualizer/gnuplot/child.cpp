// Starts a program, holds its pipes, and sees to its end.
#include "visualizer/gnuplot/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace spindrift {
namespace {

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* arguments, int input, int output, bool is_silent) {
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(input, STDIN_FILENO);
  if (is_silent) output = ::open("/dev/null", O_WRONLY);
  if (output >= 0) {
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

child::child(const std::vector<std::string>& arguments, voice output) {
  std::array<int, 2> in{-1, -1};
  std::array<int, 2> out{-1, -1};
  if (::pipe2(in.data(), O_CLOEXEC) != 0) return;
  if (output == voice::captured && ::pipe2(out.data(), O_CLOEXEC) != 0) {
    ::close(in[0]);
    ::close(in[1]);
    return;
  }
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0) become(words.data(), in[0], out[1], output == voice::silent);
  ::close(in[0]);
  if (out[1] >= 0) ::close(out[1]);
  output_ = out[0];
  if (pid_ < 0) {
    ::close(in[1]);
    return;
  }
  input_ = ::fdopen(in[1], "w");
}

child::~child() {
  finish(2);
}

std::FILE* child::release_input() {
  return std::exchange(input_, nullptr);
}

std::string child::read_all() {
  constexpr std::size_t bytes_max = 65'536;
  std::string text;
  std::array<char, 4'096> chunk{};
  while (output_ >= 0 && text.size() < bytes_max) {
    pollfd ready{output_, POLLIN, 0};
    if (::poll(&ready, 1, 5'000) <= 0) break;
    const ssize_t bytes = ::read(output_, chunk.data(), chunk.size());
    if (bytes <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
  return text;
}

std::optional<int> child::finish(int seconds_max) {
  if (input_ != nullptr) std::fclose(std::exchange(input_, nullptr));
  if (output_ >= 0) ::close(std::exchange(output_, -1));
  return await(seconds_max);
}

// Polls: there is no wait with a deadline, and a child that ends does so within milliseconds.
std::optional<int> child::await(int seconds_max) {
  if (pid_ <= 0) return std::nullopt;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_max);
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(std::exchange(pid_, -1), &status, 0);
      return std::nullopt;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

}  // namespace spindrift
