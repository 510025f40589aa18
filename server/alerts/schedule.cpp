// Back-off with jitter, and the limit of a minute.
#include "server/alerts/schedule.hpp"

#include <algorithm>

namespace spindrift {

std::int64_t retry_delay_ms(unsigned failures, double chance) {
  const unsigned doublings = std::min(failures == 0 ? 0U : failures - 1, 20U);
  const std::int64_t whole = std::min(retry_first_ms << doublings, retry_longest_ms);
  return whole / 2 + static_cast<std::int64_t>(static_cast<double>(whole) / 2 * std::clamp(chance, 0.0, 1.0));
}

std::int64_t minute_limit::wait_ms(std::int64_t now_ms) {
  constexpr std::int64_t minute_ms = 60'000;
  while (!times_.empty() && (times_.front() <= now_ms - minute_ms || times_.front() > now_ms)) times_.pop_front();
  return times_.size() < most_ ? 0 : times_.front() + minute_ms - now_ms;
}

}  // namespace spindrift
