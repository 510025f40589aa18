// How many errors a client may cause: a token bucket that holds ten seconds' worth, so that a burst (a producer with a
// broken template starts up) passes and a steady stream of bad frames does not.
//
// The caller brings the time (monotonic milliseconds). Plain data, one thread at a time. A rate of 0 is no limit.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class token_bucket {
public:
  static constexpr double burst_seconds = 10;
  // Who has to wait waits for a few tokens at once: one timer a tenth of a second, not one a frame.
  static constexpr double refill_seconds = 0.1;

  explicit token_bucket(std::size_t per_s) : per_s_(static_cast<double>(per_s)), left_(per_s_ * burst_seconds) {}

  void refill(std::int64_t now_ms) {
    if (refilled_ms_ != 0 && now_ms > refilled_ms_) {
      left_ = std::min(left_ + per_s_ * static_cast<double>(now_ms - refilled_ms_) / 1000, per_s_ * burst_seconds);
    }
    refilled_ms_ = now_ms;
  }
  void spend() { left_ -= 1; }
  bool is_spent() const { return per_s_ > 0 && left_ < 1; }
  std::chrono::milliseconds until_refilled() const {
    const double wanted = std::max(1.0, per_s_ * refill_seconds) - left_;
    return std::chrono::milliseconds(1 + static_cast<std::int64_t>(wanted / per_s_ * 1000));
  }

private:
  double per_s_;
  double left_;
  std::int64_t refilled_ms_ = 0;
};

}  // namespace spindrift
