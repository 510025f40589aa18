#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

#include "tests/bench/load.hpp"
#include "tests/bench/wire_socket.hpp"

namespace spindrift::bench {
namespace {

// One subscriber: which of its lines are verdicts and which tell of a gap, by the letter in which their types differ.
class subscriber {
public:
  explicit subscriber(std::uint16_t port) : socket_(port) {
    constexpr std::string_view ask = R"({"op":"subscribe"})"
                                     "\n";
    socket_.send(ask);
  }

  int descriptor() const { return socket_.descriptor(); }

  bool receive(std::vector<char>& scratch, load_result& into) {
    const std::size_t size = socket_.receive(scratch);
    const char* at = scratch.data();
    const char* const end = at + size;
    while (at < end) {
      if (in_line_ <= type_offset && static_cast<std::size_t>(end - at) > type_offset - in_line_) {
        const char letter = at[type_offset - in_line_];
        into.lines += letter == 'v' ? 1U : 0U;
        into.gaps += letter == 'g' ? 1U : 0U;
      }
      const auto* const lf = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      in_line_ = lf != nullptr ? 0 : in_line_ + static_cast<std::size_t>(end - at);
      at = lf != nullptr ? lf + 1 : end;
    }
    return size > 0;
  }

private:
  static constexpr std::size_t type_offset = std::string_view(R"({"type":")").size();

  wire_socket socket_;
  std::size_t in_line_ = 0;  // bytes of the line under way that came before
};

}  // namespace

load_result run_subscribers(const load_settings& settings) {
  using steady = std::chrono::steady_clock;
  const int waiting = ::epoll_create1(EPOLL_CLOEXEC);
  if (waiting < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  std::vector<std::unique_ptr<subscriber>> all;
  for (std::size_t i = 0; i < settings.connections; ++i) {
    all.push_back(std::make_unique<subscriber>(settings.port));
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = all.back().get();
    (void)::epoll_ctl(waiting, EPOLL_CTL_ADD, all.back()->descriptor(), &event);
  }
  std::puts("subscribed");
  std::fflush(stdout);

  load_result result;
  std::vector<char> scratch(1U << 18U);
  const auto begin = steady::now();
  const auto end =
      begin + std::chrono::duration_cast<steady::duration>(std::chrono::duration<double>(settings.seconds));
  while (steady::now() < end) {
    std::array<epoll_event, 128> events;
    const int count = ::epoll_wait(waiting, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < count; ++i) {
      static_cast<subscriber*>(events[static_cast<std::size_t>(i)].data.ptr)->receive(scratch, result);
    }
  }
  ::close(waiting);
  result.seconds = std::chrono::duration<double>(steady::now() - begin).count();
  return result;
}

}  // namespace spindrift::bench
