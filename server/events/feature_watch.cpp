// Shows a point to every watch of its feature.
#include "server/events/feature_watch.hpp"

#include <cmath>

namespace spindrift {

feature_watch::answer feature_watch::update(const observation& point) {
  answer result;
  result.excursion = excursion_.update(point, tail_);
  result.still = still_.update(point);
  result.spread = spread_.update(point);
  result.level = level_.update(point, spread_.usual());
  if (!point.seen.baseline.warmup) tail_.learn(std::abs(point.seen.baseline.z));
  result.pattern = pattern_.update(point, excursion_.is_out());
  return result;
}

}  // namespace spindrift
