// Counts how long nought has not come.
#include "server/events/nought_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {
namespace {

constexpr std::uint32_t points_known = 500;
constexpr float share_rate = 1.0F / 1'000;
constexpr double share_min = 0.4;
constexpr double nines_min = 9;       // of a stretch, were each point free to be nought
constexpr double longest_factor = 3;  // of the longest stretch seen
constexpr float fading = 0.995F;      // of it, a stretch

}  // namespace

rare_finding nought_watch::update(const observation& point) {
  if (points_ < std::numeric_limits<std::uint32_t>::max()) ++points_;
  const float rate = std::max(share_rate, 1.0F / static_cast<float>(points_));
  if (point.value == 0) {
    share_ += rate * (1 - share_);
    if (absent_ > 0) longest_ = std::max(fading * longest_, static_cast<float>(absent_));
    absent_ = 0;
    is_told_ = false;
    return std::nullopt;
  }
  // What may fall below nought passes it by chance.
  if (point.value < 0) share_ = 0;
  const auto value = static_cast<float>(std::clamp<double>(point.value, 0, std::numeric_limits<float>::max()));
  lowest_ = absent_ == 0 ? value : std::min(lowest_, value);
  if (absent_ < std::numeric_limits<std::uint32_t>::max()) ++absent_;
  if (is_told_ || points_ < points_known || share_ < share_min) {
    share_ -= rate * share_;
    return std::nullopt;
  }
  const double nines = -std::log10(1 - std::min<double>(share_, 0.99)) * absent_;
  if (nines < nines_min || static_cast<double>(absent_) < longest_factor * (longest_ + 10.0)) return std::nullopt;
  is_told_ = true;
  finding found;
  found.kind = event_kind::pattern;
  found.direction = event_direction::up;
  found.from_n = point.n - absent_ + 1;
  found.from = point.ts;
  found.points = absent_;
  found.value = lowest_;
  found.expected = 0;
  found.nines = std::min(nines / 2, 8.0);
  found.size = 1;
  return found;
}

}  // namespace spindrift
