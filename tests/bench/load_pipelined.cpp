#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "tests/bench/lane.hpp"
#include "tests/bench/load.hpp"

namespace spindrift::bench {
namespace {

using steady = std::chrono::steady_clock;

// Waits on many lanes at once; edge-triggered, so nothing has to be asked again for a full socket.
class watcher {
public:
  watcher() : descriptor_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  }
  watcher(const watcher&) = delete;
  watcher& operator=(const watcher&) = delete;
  ~watcher() { ::close(descriptor_); }

  void add(lane& what) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.ptr = &what;
    if (::epoll_ctl(descriptor_, EPOLL_CTL_ADD, what.descriptor(), &event) != 0) {
      throw std::system_error(errno, std::generic_category(), "epoll_ctl");
    }
  }

  template <class Visitor>
  void wait(Visitor&& visit) {
    std::array<epoll_event, 64> events;
    const int count = ::epoll_wait(descriptor_, events.data(), static_cast<int>(events.size()), 100);
    for (int i = 0; i < count; ++i) visit(*static_cast<lane*>(events[static_cast<std::size_t>(i)].data.ptr));
  }

private:
  int descriptor_;
};

struct pipelined_run {
  explicit pipelined_run(const load_settings& chosen) : settings(chosen), scratch(1U << 20U) {
    for (std::size_t i = 0; i < chosen.connections; ++i) {
      const std::size_t begin = i * chosen.streams / chosen.connections;
      const std::size_t end = (i + 1) * chosen.streams / chosen.connections;
      const point_source points(chosen.form, chosen.first_stream + begin, end - begin);
      lanes.push_back(std::make_unique<lane>(chosen.port, points, chosen.expect, chosen.replies));
      waiting.add(*lanes.back());
    }
  }

  // Everything one lane can do without waiting.
  void serve(lane& what) {
    for (;;) {
      if (std::size_t room = settings.window - what.in_flight(); may_send && (room > 0 || what.is_sending())) {
        if (settings.points > 0) room = std::min<std::size_t>(room, settings.points - begun);
        begun += room;
        what.send(room);
      }
      const std::size_t came = what.receive(scratch);
      answered += came;
      if (came == 0) return;
    }
  }

  bool run_until(steady::time_point deadline) {
    for (const auto& each : lanes) serve(*each);
    while (steady::now() < deadline) {
      if (settings.points > 0 && answered == settings.points) return true;
      waiting.wait([this](lane& each) { serve(each); });
    }
    return false;
  }

  void drain() {
    may_send = false;
    const auto deadline = steady::now() + std::chrono::seconds(10);
    while (answered < begun && steady::now() < deadline) {
      waiting.wait([this](lane& each) {
        if (each.is_sending()) each.send(0);
        serve(each);
      });
    }
    if (answered < begun) throw std::runtime_error("points were not answered");
  }

  const load_settings& settings;
  watcher waiting;
  std::vector<std::unique_ptr<lane>> lanes;
  std::vector<char> scratch;
  std::uint64_t begun = 0;
  std::uint64_t answered = 0;
  bool may_send = true;
};

}  // namespace

load_result run_pipelined(const load_settings& settings) {
  using std::chrono::duration;
  pipelined_run run(settings);
  const auto long_for = [](double seconds) {
    return std::chrono::duration_cast<steady::duration>(duration<double>(seconds));
  };
  if (settings.points == 0) run.run_until(steady::now() + long_for(std::max(0.05, settings.seconds / 10)));
  const auto begin = steady::now();
  const std::uint64_t before = run.answered;
  const bool is_done =
      run.run_until(begin + (settings.points > 0 ? std::chrono::hours(1) : long_for(settings.seconds)));
  load_result result;
  result.points = run.answered - before;
  result.seconds = duration<double>(steady::now() - begin).count();
  if (!is_done) run.drain();
  result.answered = run.answered;
  return result;
}

}  // namespace spindrift::bench
