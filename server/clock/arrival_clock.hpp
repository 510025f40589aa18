// The time that points without a time of their own are given: the wall clock's, but it never runs backwards.
//
// A wall clock that is set back (by hand, by NTP, in a machine that was begun again) would make all of them older than
// the newest of their stream, so that none was judged until it had caught up. From there on this one goes on at half
// the speed of the monotonic clock until the wall clock has caught up. It remembers nothing over a restart. Any thread;
// without a lock but while it is ahead.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

namespace spindrift {

class arrival_clock {
public:
  struct reading {
    std::int64_t wall_ms = 0;
    std::int64_t set_back_ms = 0;  // where the wall clock was set back since it was read last: how far
  };
  // By what the two clocks say now, in milliseconds.
  reading read(std::int64_t wall_ms, std::int64_t steady_ms);

private:
  // The wall clock before the monotonic one, as far as it came; while this clock is ahead, less what was made up.
  std::atomic<std::int64_t> lead_{INT64_MIN / 2};
  std::atomic<bool> is_ahead_{false};
  std::mutex lock_;
  std::int64_t made_up_at_ms_ = 0;  // monotonic
};

}  // namespace spindrift
