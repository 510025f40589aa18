// Waits that grow, with a little chance in them.
#include "client/backoff.hpp"

#include <algorithm>

namespace spindrift {

backoff::backoff(std::uint64_t seed, backoff_settings settings)
    : settings_(settings), delay_(settings.first), jitter_(seed) {}

std::chrono::nanoseconds backoff::next_delay() {
  const std::chrono::nanoseconds delay = delay_;
  delay_ = std::min<std::chrono::nanoseconds>(delay_ * 2, settings_.most);
  const double kept = jitter_.uniform(0.5, 1.0);
  return std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(delay.count()) * kept));
}

void backoff::reset() {
  delay_ = settings_.first;
}

}  // namespace spindrift
