// How long to wait before the next attempt: twice as long after every failure, up to a cap, less a random part of up to
// a half, so that a thousand clients of a server that restarted do not return in step. No clock; one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>

#include "client/noise.hpp"

namespace spindrift {

struct backoff_settings {
  std::chrono::milliseconds first{50};
  std::chrono::milliseconds most{2'000};
};

class backoff {
public:
  explicit backoff(std::uint64_t seed, backoff_settings settings = {});

  std::chrono::nanoseconds next_delay();
  // It worked: the next delay is a short one again.
  void reset();

private:
  backoff_settings settings_;
  std::chrono::nanoseconds delay_;
  noise_source jitter_;
};

}  // namespace spindrift
