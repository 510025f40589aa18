#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

extern char** environ;

namespace spindrift::support {
namespace {

constexpr int no_such_program = 127;
// A grandchild may keep the pipes open after the child's end: what comes later than this is not waited for.
constexpr std::chrono::seconds drain_patience{5};
// How often the gatherer looks whether it is to give up.
constexpr int look_up_ms = 100;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& each : texts) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  return pointers;
}

// The test's environment with the additions in front, where getenv finds them first.
std::vector<std::string> merged_environment(const std::vector<std::string>& additions) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view inherited(*each);
    bool is_replaced = false;
    for (const std::string& added : additions) {
      is_replaced = is_replaced || inherited.starts_with(added.substr(0, added.find('=') + 1));
    }
    if (!is_replaced) all.emplace_back(inherited);
  }
  all.insert(all.end(), additions.begin(), additions.end());
  return all;
}

std::string found_in_path(std::string_view program) {
  if (program.find('/') != std::string_view::npos) return std::string(program);
  const char* const path = std::getenv("PATH");
  std::string_view left = path == nullptr ? "/usr/bin:/bin" : path;
  while (!left.empty()) {
    const std::size_t colon = left.find(':');
    std::string candidate(left.substr(0, colon));
    candidate.append("/").append(program);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    left.remove_prefix(colon == std::string_view::npos ? left.size() : colon + 1);
  }
  return {};
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

// Appends what is there. False: there will be no more.
bool take_some(int descriptor, std::mutex& lock, std::string& text) {
  char buffer[16'384];
  const ssize_t bytes = ::read(descriptor, buffer, sizeof buffer);
  if (bytes < 0) return errno == EINTR || errno == EAGAIN;
  if (bytes == 0) return false;
  const std::lock_guard guard(lock);
  text.append(buffer, static_cast<std::size_t>(bytes));
  return true;
}

}  // namespace

struct child_process::pipe_ends {
  int reading = -1;
  int writing = -1;

  void open() {
    int both[2];
    if (::pipe2(both, O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
    reading = both[0];
    writing = both[1];
  }
};

child_process::child_process(const std::vector<std::string>& command, child_settings settings) {
  pipe_ends input;
  pipe_ends output;
  pipe_ends errors;
  input.open();
  output.open();
  errors.open();
  start(command, settings, input, output, errors);
  ::close(input.reading);
  ::close(output.writing);
  ::close(errors.writing);
  input_ = input.writing;
  output_ = output.reading;
  errors_ = errors.reading;
  ::fcntl(input_, F_SETFL, O_NONBLOCK);
  gatherer_ = std::thread([this, text = std::move(settings.input)]() mutable { gather(std::move(text)); });
  waiter_ = std::thread([this] { await_end(); });
}

// Everything that allocates happens before the fork: the test may have threads, and their locks are copied as they are.
void child_process::start(const std::vector<std::string>& command, const child_settings& settings,
                          const pipe_ends& input, const pipe_ends& output, const pipe_ends& errors) {
  const std::string file = found_in_path(command.front());
  std::vector<std::string> words = command;
  std::vector<std::string> environment = merged_environment(settings.environment);
  const std::vector<char*> argv = pointers_to(words);
  const std::vector<char*> envp = pointers_to(environment);
  pid_ = ::fork();
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ > 0) return;
  ::dup2(input.reading, STDIN_FILENO);
  ::dup2(output.writing, STDOUT_FILENO);
  ::dup2(errors.writing, STDERR_FILENO);
  if (settings.open_files_max > 0) {
    const rlimit limit{settings.open_files_max, settings.open_files_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  std::signal(SIGPIPE, SIG_DFL);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that is killed itself leaves nothing behind either
  ::execve(file.c_str(), argv.data(), envp.data());
  ::_exit(no_such_program);
}

child_process::~child_process() {
  send_signal(SIGKILL);
  waiter_.join();
  {
    const std::lock_guard guard(lock_);
    is_abandoned_ = true;
  }
  gatherer_.join();
  close_if_open(input_);
  close_if_open(output_);
  close_if_open(errors_);
}

void child_process::gather(std::string input) {
  // A program may end before it has read its input: that is an error of the write then, not the end of the test.
  sigset_t broken_pipe;
  ::sigemptyset(&broken_pipe);
  ::sigaddset(&broken_pipe, SIGPIPE);
  ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  bool has_output = true;
  bool has_errors = true;
  std::string_view left = input;
  while (has_output || has_errors) {
    if (left.empty()) close_if_open(input_);
    pollfd watched[] = {{has_output ? output_ : -1, POLLIN, 0},
                        {has_errors ? errors_ : -1, POLLIN, 0},
                        {left.empty() ? -1 : input_, POLLOUT, 0}};
    if (::poll(watched, 3, look_up_ms) < 0 && errno != EINTR) break;
    if (watched[0].revents != 0) has_output = take_some(output_, lock_, output_text_);
    if (watched[1].revents != 0) has_errors = take_some(errors_, lock_, errors_text_);
    if (watched[2].revents != 0) {
      const ssize_t bytes = ::write(input_, left.data(), left.size());
      if (bytes > 0) left.remove_prefix(static_cast<std::size_t>(bytes));
      if (bytes < 0 && errno != EAGAIN && errno != EINTR) left = {};
    }
    const std::lock_guard guard(lock_);
    changed_.notify_all();
    if (is_abandoned_) break;
  }
  const std::lock_guard guard(lock_);
  is_drained_ = true;
  changed_.notify_all();
}

// Waits without reaping, so that the number stays ours until the lock is held and no signal can hit a stranger.
void child_process::await_end() {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
  }
  const std::lock_guard guard(lock_);
  int status = 0;
  ::waitpid(pid_, &status, 0);
  exit_code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  changed_.notify_all();
}

void child_process::send_signal(int signal) {
  const std::lock_guard guard(lock_);
  if (!exit_code_) ::kill(pid_, signal);
}

bool child_process::is_running() const {
  const std::lock_guard guard(lock_);
  return !exit_code_.has_value();
}

std::optional<int> child_process::wait_exit(std::chrono::milliseconds deadline) {
  std::unique_lock guard(lock_);
  changed_.wait_for(guard, deadline, [this] { return exit_code_.has_value(); });
  if (exit_code_) changed_.wait_for(guard, drain_patience, [this] { return is_drained_; });
  return exit_code_;
}

bool child_process::wait_output(const std::function<bool(const std::string&, const std::string&)>& is_there,
                                std::chrono::milliseconds deadline) {
  std::unique_lock guard(lock_);
  bool found = false;
  changed_.wait_for(guard, deadline, [&] {
    found = is_there(output_text_, errors_text_);
    return found || is_drained_;
  });
  return found;
}

std::string child_process::output() const {
  const std::lock_guard guard(lock_);
  return output_text_;
}

std::string child_process::errors() const {
  const std::lock_guard guard(lock_);
  return errors_text_;
}

child_result run_to_end(const std::vector<std::string>& command, child_settings settings,
                        std::chrono::milliseconds deadline) {
  child_process started(command, std::move(settings));
  const auto exit_code = started.wait_exit(deadline);
  return {exit_code, started.output(), started.errors()};
}

bool is_in_path(std::string_view program) {
  return !found_in_path(program).empty();
}

}  // namespace spindrift::support
