// What the listings of all clients of a shard may cost together: so many streams looked at in a millisecond, one client
// after the other; a busy machine may give several milliseconds at once. Who finds nothing left waits, the longer the
// more have been turned away before it.
//
// The caller brings the time (monotonic milliseconds). Plain data, one thread at a time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class listing_budget {
public:
  // Some 0.1 ms of a full table whose names are in no cache: a tenth of the thread, and 0.4 s for 100,000 streams.
  static constexpr std::size_t streams_per_ms = 256;
  static constexpr std::int64_t milliseconds_max = 4;
  // Of a listing that looks at fewer: the reply costs something as well.
  static constexpr std::size_t spent_min = 16;

  std::size_t left(std::int64_t now_ms) {
    if (now_ms != at_ms_) {
      const bool is_long = now_ms < at_ms_ || at_ms_ == INT64_MIN || now_ms - at_ms_ >= milliseconds_max;
      left_ = streams_per_ms * static_cast<std::size_t>(is_long ? milliseconds_max : now_ms - at_ms_);
      at_ms_ = now_ms;
      turned_away_ = 0;
    }
    return left_;
  }
  void spend(std::size_t streams) { left_ -= std::min(left_, std::max(streams, spent_min)); }
  std::chrono::milliseconds wait() { return std::chrono::milliseconds(1 + turned_away_++); }

private:
  std::int64_t at_ms_ = INT64_MIN;
  std::size_t left_ = 0;
  std::int64_t turned_away_ = 0;  // in this millisecond
};

}  // namespace spindrift
