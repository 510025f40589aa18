// When something is sent: how long after a failure, and not too often in a minute. Pure; time and chance are given.
#pragma once

#include <cstdint>
#include <deque>

namespace spindrift {

inline constexpr std::int64_t retry_first_ms = 1'000;
inline constexpr std::int64_t retry_longest_ms = 300'000;

// After so many failures in a row, from 1: doubled each time, five minutes at most, and of that between a half and all
// (`chance` from 0 to 1), so that senders that failed together do not come back together.
std::int64_t retry_delay_ms(unsigned failures, double chance);

// At most so many within any minute. One thread at a time; remembers as many times as that.
class minute_limit {
public:
  explicit minute_limit(std::uint64_t most) : most_(most) {}

  // How long to wait until the next may go; 0: it may now.
  std::int64_t wait_ms(std::int64_t now_ms);
  void sent(std::int64_t now_ms) { times_.push_back(now_ms); }

private:
  std::uint64_t most_;
  std::deque<std::int64_t> times_;
};

}  // namespace spindrift
