// Shares of the newest points, and which level a value belongs to.
#include "server/detect/known_levels.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double memory = 4'000;  // points
// Of the time that is remembered: an outage that comes again and again is none of these.
constexpr double share_known = 0.1;
constexpr std::uint8_t stays_known = 3;
constexpr std::uint8_t stays_max = 200;
constexpr double level_reach = 4;  // spreads
constexpr double same_reach = 3;   // within which two stays are at one level
constexpr double new_weight = 0.3;

}  // namespace

void known_levels::leave(double mean, double spread, std::uint64_t points) {
  const double stayed = static_cast<double>(points);
  const double kept = memory / (memory + stayed);
  for (level& one : levels_) one.share *= kept;
  const auto same = std::find_if(levels_.begin(), levels_.end(), [&](const level& one) {
    return one.stays > 0 && std::abs(mean - one.mean) <= same_reach * std::max(spread, one.spread);
  });
  level& left = same != levels_.end()
                    ? *same
                    : *std::min_element(levels_.begin(), levels_.end(),
                                        [](const level& a, const level& b) { return a.share < b.share; });
  if (same == levels_.end()) left = {.mean = mean, .spread = spread};
  left.mean += new_weight * (mean - left.mean);
  left.spread += new_weight * (spread - left.spread);
  left.share += 1 - kept;
  if (left.stays < stays_max) ++left.stays;
}

const known_levels::level* known_levels::find(double x, double least) const {
  const level* nearest = nullptr;
  double all = 0;
  for (const level& one : levels_) all += one.share;
  for (const level& one : levels_) {
    if (one.stays < stays_known || one.share < share_known * all) continue;
    if (std::abs(x - one.mean) > level_reach * std::max(one.spread, least)) continue;
    if (nearest == nullptr || std::abs(x - one.mean) < std::abs(x - nearest->mean)) nearest = &one;
  }
  return nearest;
}

}  // namespace spindrift
