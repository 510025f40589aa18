// Tells a program: no shell, the event in its environment and on its standard input.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <optional>
#include <string_view>

#include "common/text/printable.hpp"
#include "server/alerts/delivery.hpp"
#include "server/alerts/message.hpp"

namespace spindrift {
namespace {

using clock = std::chrono::steady_clock;

// Of all alerts together; others wait their turn.
constexpr int programs_at_once = 4;
constexpr std::size_t complaint_bytes_max = 200;
constexpr int exit_not_started = 127;

class turnstile {
public:
  void enter() {
    std::unique_lock guard(lock_);
    left_.wait(guard, [this] { return inside_ < programs_at_once; });
    ++inside_;
  }
  void leave() {
    {
      const std::lock_guard guard(lock_);
      --inside_;
    }
    left_.notify_one();
  }

private:
  std::mutex lock_;
  std::condition_variable left_;
  int inside_ = 0;
};

turnstile& programs() {
  static turnstile shared;
  return shared;
}

struct pipe_ends {
  int in = -1;
  int out = -1;

  pipe_ends() = default;
  ~pipe_ends() {
    close_in();
    close_out();
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;

  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    in = ends[0];
    out = ends[1];
    return true;
  }
  void close_in() {
    if (in >= 0) ::close(in);
    in = -1;
  }
  void close_out() {
    if (out >= 0) ::close(out);
    out = -1;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Between fork and exec, where only what is safe in a signal handler may be called.
[[noreturn]] void become(char* const* words, char* const* environment, int input, int complaints) {
  ::setpgid(0, 0);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(input, 0);
  ::dup2(nothing, 1);
  ::dup2(complaints, 2);
  (void)::close_range(3, ~0U, 0);
  for (const int ignored : {SIGPIPE, SIGXFSZ}) ::signal(ignored, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(words[0], words, environment);
  const char* const why = std::strerror(errno);
  (void)!::write(2, why, std::strlen(why));
  ::_exit(exit_not_started);
}

// Without taking its status away.
bool has_ended(pid_t child) {
  siginfo_t found{};
  return ::waitid(P_PID, static_cast<id_t>(child), &found, WEXITED | WNOHANG | WNOWAIT) == 0 && found.si_pid == child;
}

// Writes what is left and reads complaints, until the child has ended or closed its side, it is time, or the server
// stops.
void converse(pid_t child, pipe_ends& input, pipe_ends& complaints, std::string_view left, clock::time_point until,
              const std::atomic<bool>& stops, std::string& said) {
  ::fcntl(input.out, F_SETFL, O_NONBLOCK);
  while (complaints.in >= 0 && clock::now() < until && !stops) {
    if (left.empty()) input.close_out();
    std::array<pollfd, 2> ends{pollfd{complaints.in, POLLIN, 0}, pollfd{input.out, POLLOUT, 0}};
    constexpr int look_up_ms = 100;
    // Asked before what it said is looked for, lest its last words come between.
    const bool is_over = has_ended(child);
    if (::poll(ends.data(), ends.size(), is_over ? 0 : look_up_ms) < 0 && errno != EINTR) return;
    if (ends[1].revents != 0) {
      const auto count = ::write(input.out, left.data(), left.size());
      if (count > 0) left.remove_prefix(static_cast<std::size_t>(count));
      if (count < 0 && errno != EAGAIN && errno != EINTR) left = {};
    }
    if (ends[0].revents == 0 && is_over) return;
    if (ends[0].revents == 0) continue;
    std::array<char, 512> bytes{};
    const auto count = ::read(complaints.in, bytes.data(), bytes.size());
    if (count <= 0) complaints.close_in();
    if (count > 0) {
      said.append(bytes.data(), std::min(static_cast<std::size_t>(count),
                                         complaint_bytes_max - std::min(said.size(), complaint_bytes_max)));
    }
  }
}

// Its status; empty: it had to be killed.
std::optional<int> status_of(pid_t child, clock::time_point until, const std::atomic<bool>& stops) {
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return status;
    if (ended < 0 && errno != EINTR) return std::nullopt;
    if (clock::now() >= until || stops) break;
    constexpr int look_up_ms = 5;
    ::poll(nullptr, 0, look_up_ms);
  }
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return std::nullopt;
}

class exec_sender final : public alert_sender {
public:
  delivery send(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) override {
    programs().enter();
    delivery ended = run(alert, message, stops);
    programs().leave();
    return ended;
  }

private:
  static delivery run(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) {
    if (alert.exec.empty()) return {delivery::end::failed, "exec: no program is named"};
    std::vector<std::string> words = alert.exec;
    std::vector<std::string> environment = exec_environment(alert.name, message.notices, message.id, alert.public_url);
    for (const char* const kept : {"PATH", "HOME", "LANG", "TZ"}) {
      if (const char* const text = std::getenv(kept)) environment.push_back(std::string(kept) + "=" + text);
    }
    const std::vector<char*> word_pointers = pointers_to(words);
    const std::vector<char*> environment_pointers = pointers_to(environment);
    const std::string body = webhook_body(message.notices, alert.public_url);
    pipe_ends input;
    pipe_ends complaints;
    if (!input.open() || !complaints.open()) return {delivery::end::failed, std::strerror(errno)};
    const pid_t child = ::fork();
    if (child < 0) return {delivery::end::failed, std::string("fork: ") + std::strerror(errno)};
    if (child == 0) become(word_pointers.data(), environment_pointers.data(), input.in, complaints.out);
    input.close_in();
    complaints.close_out();
    const auto until = clock::now() + alert.timeout;
    std::string said;
    converse(child, input, complaints, body, until, stops, said);
    const auto status = status_of(child, until, stops);
    if (!status) return {delivery::end::failed, stops ? "the server stops" : "took longer than its timeout; killed"};
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {delivery::end::acknowledged, {}};
    std::string reason = WIFEXITED(*status) ? "ended with " + std::to_string(WEXITSTATUS(*status))
                                            : "ended by signal " + std::to_string(WTERMSIG(*status));
    return {delivery::end::failed, said.empty() ? reason : reason + ": " + printable(said)};
  }
};

}  // namespace

std::unique_ptr<alert_sender> make_exec_sender() {
  return std::make_unique<exec_sender>();
}

}  // namespace spindrift
