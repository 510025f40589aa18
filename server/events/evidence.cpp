// Collects what the parts said at the telling.
#include "server/events/evidence.hpp"

namespace spindrift {

std::vector<evidence_number> evidence_of(const finding& found, const observation& point) {
  std::vector<evidence_number> numbers = {{"event", "nines", found.nines}, {"event", "size", found.size}};
  if (found.before) numbers.push_back({"event", "before", *found.before});
  if (found.after) numbers.push_back({"event", "after", *found.after});
  const baseline_reading& baseline = point.seen.baseline;
  if (!baseline.warmup) {
    numbers.push_back({"zscore", "value", point.value});
    numbers.push_back({"zscore", "expected", baseline.expected});
    numbers.push_back({"zscore", "sigma", baseline.sigma});
    numbers.push_back({"zscore", "z", baseline.z});
  }
  if (point.seen.drift) {
    numbers.push_back({"adwin", "width", point.seen.drift->width});
    numbers.push_back({"adwin", "mean", point.seen.drift->mean});
    numbers.push_back({"adwin", "before", point.seen.drift->before});
  }
  if (point.seen.score) numbers.push_back({"ensemble", "score", *point.seen.score});
  if (point.seen.clock) {
    numbers.push_back({"clock", "expected", point.seen.clock->expected});
    numbers.push_back({"clock", "sigma", point.seen.clock->sigma});
    numbers.push_back({"clock", "z", point.seen.clock->z});
  }
  return numbers;
}

}  // namespace spindrift
