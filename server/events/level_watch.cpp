// Reads ADWIN's cuts.
#include "server/events/level_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {

level_watch::answer level_watch::update(const observation& point, double usual) {
  answer result;
  if (begin_ts_ == 0) begin_ts_ = point.ts;
  if (!point.seen.drift || point.seen.baseline.warmup) return result;
  const drift_cut& cut = *point.seen.drift;
  const double difference = cut.mean - cut.before;
  const double width = std::clamp(cut.width, 1.0, static_cast<double>(point.n));
  result.change_n = point.n - static_cast<std::uint64_t>(width) + 1;
  finding found;
  found.kind = event_kind::shift;
  found.direction = direction_of(difference);
  found.from_n = result.change_n;
  // Times of single points are not kept: the window's share of the stream's life, as if points came evenly.
  const double share = static_cast<double>(point.n) > 1 ? (width - 1) / (static_cast<double>(point.n) - 1) : 0;
  found.from = point.ts - static_cast<std::int64_t>(share * static_cast<double>(point.ts - begin_ts_));
  found.points = static_cast<std::uint64_t>(width);
  found.value = point.value;
  found.expected = cut.before;
  found.before = cut.before;
  found.after = cut.mean;
  const double units = usual > 0 ? std::abs(difference) / usual : 1;
  found.size = std::max(units / 3, 0.1);
  found.nines = std::clamp(4 + units * std::sqrt(std::min(width, 100.0)) / 5, 4.0, 10.0);
  result.found = found;
  return result;
}

}  // namespace spindrift
