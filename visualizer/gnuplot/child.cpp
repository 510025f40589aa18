// Starts a program, holds its pipes, and sees to its end.
#include "visualizer/gnuplot/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "visualizer/plot/label.hpp"

namespace spindrift {
namespace {

struct descriptors {
  int input, output, errors;  // below 0: as ours
};

// In the child, between fork and exec: only what is safe there.
[[noreturn]] void become(char* const* arguments, const descriptors& given, bool is_silent) {
  ::setpgid(0, 0);
  // In the background of a terminal it may still draw there.
  ::signal(SIGTTOU, SIG_IGN);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(given.input, STDIN_FILENO);
  const int output = is_silent ? ::open("/dev/null", O_WRONLY) : given.output;
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  if (given.errors >= 0) ::dup2(given.errors, STDERR_FILENO);
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

void close_all(std::array<int, 2>& both) {
  for (int& descriptor : both) {
    if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
  }
}

// Memory as a file that is only appended to: cut to nothing, it grows from its beginning again.
int open_memory() {
  const int made = ::memfd_create("gnuplot's errors", MFD_CLOEXEC);
  if (made >= 0) ::fcntl(made, F_SETFL, O_APPEND);
  return made;
}

bool await(int descriptor, short event, int milliseconds_max) {
  pollfd asked{descriptor, event, 0};
  return ::poll(&asked, 1, milliseconds_max) > 0;
}

}  // namespace

std::string last_line_of(std::string_view text) {
  constexpr std::size_t characters_max = 200;
  const auto last = text.find_last_not_of(" \t\r\n^");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, last + 1);
  const auto line_end = text.find_last_of("\r\n");
  if (line_end != std::string_view::npos) text.remove_prefix(line_end + 1);
  const auto first = text.find_first_not_of(" \t");
  return harmless(text.substr(first), characters_max);
}

std::string to_text(const child_end& end) {
  if (end.is_overdue) return "it did not end in time";
  if (end.exit_code) return "exit status " + std::to_string(*end.exit_code);
  if (end.signal == 0) return "its end was not seen";
  const char* const name = ::strsignal(end.signal);
  return "signal " + std::to_string(end.signal) + (name != nullptr ? std::string(" (") + name + ")" : "");
}

child::child(const std::vector<std::string>& arguments, voice output) : errors_(open_memory()) {
  start(arguments, output);
}

void child::start(const std::vector<std::string>& arguments, voice output) {
  std::array<int, 2> in{-1, -1};
  std::array<int, 2> out{-1, -1};
  if (::pipe2(in.data(), O_CLOEXEC) != 0) return;
  const bool is_read = output == voice::heard || output == voice::captured;
  if (is_read && ::pipe2(out.data(), O_CLOEXEC) != 0) return close_all(in);
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ == 0)
    become(words.data(), {in[0], out[1], output == voice::captured ? out[1] : errors_}, output == voice::silent);
  if (pid_ > 0) {
    input_ = ::fdopen(std::exchange(in[1], -1), "w");
    output_ = std::exchange(out[0], -1);
  }
  close_all(in);
  close_all(out);
}

child::~child() {
  finish(2);
  if (errors_ >= 0) ::close(errors_);
}

std::FILE* child::release_input() {
  return std::exchange(input_, nullptr);
}

bool child::write_all(std::string_view bytes, int seconds_max) {
  if (input_ == nullptr) return false;
  const int descriptor = ::fileno(input_);
  ::fcntl(descriptor, F_SETFL, O_NONBLOCK);
  while (!bytes.empty()) {
    if (!await(descriptor, POLLOUT, seconds_max * 1'000)) break;
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EAGAIN && errno != EINTR) break;
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  std::fclose(std::exchange(input_, nullptr));
  return bytes.empty();
}

std::string child::read_all() {
  constexpr std::size_t bytes_max = 65'536;
  std::string text;
  std::array<char, 4'096> chunk{};
  while (output_ >= 0 && text.size() < bytes_max) {
    if (!await(output_, POLLIN, 5'000)) break;
    const ssize_t bytes = ::read(output_, chunk.data(), chunk.size());
    if (bytes <= 0) break;
    text.append(chunk.data(), static_cast<std::size_t>(bytes));
  }
  return text;
}

std::string child::take_errors() {
  constexpr off_t bytes_max = 4'096;
  if (errors_ < 0) return {};
  const off_t size = ::lseek(errors_, 0, SEEK_END);
  if (size <= 0) return {};
  std::array<char, bytes_max> end{};
  const ssize_t bytes = ::pread(errors_, end.data(), end.size(), size > bytes_max ? size - bytes_max : 0);
  // Else it would grow for as long as gnuplot lives.
  if (::ftruncate(errors_, 0) != 0 || bytes <= 0) return {};
  return {end.data(), static_cast<std::size_t>(bytes)};
}

std::string child::last_error() {
  return last_line_of(take_errors());
}

// Polls: there is no wait with a deadline, and a child that ends does so within milliseconds.
child_end child::finish(int seconds_max) {
  if (input_ != nullptr) std::fclose(std::exchange(input_, nullptr));
  if (output_ >= 0) ::close(std::exchange(output_, -1));
  if (pid_ <= 0) return {};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(seconds_max);
  child_end end;
  int status = 0;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      end.is_overdue = true;
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  pid_ = -1;
  if (end.is_overdue) return end;
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

}  // namespace spindrift
