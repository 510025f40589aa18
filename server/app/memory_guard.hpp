// Holds the process to --max-memory, and gives what is free back to the system.
//
// Streams and kept verdicts are taken in by what they take or grow to, so that seven eighths of the ceiling hold them:
// a quarter for the verdicts at most, of which half is theirs whatever the streams want; the streams get the rest. For
// what no reckoning sees (replies, subscribers, fragmentation, streams that are fed what makes them larger than others)
// there are two marks. Beyond the ceiling new streams are refused and streams that have been idle for as long as
// --evict-after go, the longest idle first, until a twentieth of the ceiling is free again. (A limit without play would
// be said and taken back every second.) Beyond a twentieth above the ceiling, until it is kept again, nothing grows:
// points of streams that do are refused.
//
// A thread of its own looks ten times a second, since a client that invents streams makes tens of MiB in a second, and
// giving pages back to the system (free_pages.hpp; also without a ceiling) may take tens of milliseconds, which no
// thread that serves clients has. The engine and the producers outlive it.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>

#include "server/engine/moment.hpp"

namespace spindrift {

class engine;
class producer_table;
enum class growth : std::uint8_t;

class memory_guard {
public:
  static constexpr std::chrono::milliseconds look_interval{100};
  // So many go in one look; each costs a write to the journal.
  static constexpr std::size_t forgotten_at_once = 2'000;

  // Of so many bytes in all, what streams may grow to at the most, and what kept verdicts may take.
  static constexpr std::uint64_t streams_of(std::uint64_t ceiling) { return ceiling / 4 * 3; }
  static constexpr std::uint64_t kept_of(std::uint64_t ceiling) { return ceiling / 4; }
  static constexpr std::uint64_t kept_of(std::uint64_t ceiling, std::uint64_t wanted) {
    return ceiling == 0 ? wanted : std::min(wanted, kept_of(ceiling));
  }
  // And what may wait for subscribers; as much again for the aggregates of viewers.
  static constexpr std::uint64_t feeds_of(std::uint64_t ceiling) { return ceiling / 16; }

  // 0: no ceiling.
  memory_guard(engine& of, producer_table& producers, std::uint64_t ceiling_bytes,
               std::chrono::milliseconds idle_before_eviction)
      : engine_(of),
        producers_(producers),
        ceiling_bytes_(ceiling_bytes),
        idle_before_eviction_(idle_before_eviction) {}
  ~memory_guard() { stop(); }
  memory_guard(const memory_guard&) = delete;
  memory_guard& operator=(const memory_guard&) = delete;

  // What others hold by a limit of their own, and may: it does not count.
  void allow_besides(std::uint64_t bytes) { besides_bytes_.store(bytes, std::memory_order_relaxed); }
  // Another ceiling from now on. Not beside start() or stop().
  void hold_to(std::uint64_t ceiling_bytes, std::chrono::milliseconds idle_before_eviction);
  void start();
  void stop();
  // One look; for whoever runs it without a thread.
  void look(std::uint64_t resident_bytes, moment at);

private:
  void run();
  void share_out();
  growth allowed(std::uint64_t resident) const;
  void say(bool is_full, std::uint64_t resident);
  void say_growth(bool is_stopped, std::uint64_t resident);

  engine& engine_;
  producer_table& producers_;
  std::uint64_t ceiling_bytes_;  // changes while nothing looks, as the next but one does
  std::atomic<std::uint64_t> besides_bytes_{0};
  std::chrono::milliseconds idle_before_eviction_;
  std::mutex lock_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool was_said_ = false;          // that memory is full
  bool was_stopped_said_ = false;  // that nothing may grow
  std::thread thread_;
};

}  // namespace spindrift
