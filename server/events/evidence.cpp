// Collects what the parts said at the telling.
#include "server/events/evidence.hpp"

#include <cmath>

namespace spindrift {
namespace {

void add_detectors(const feature_reading& seen, double value, std::vector<evidence_number>& numbers) {
  const baseline_reading& baseline = seen.baseline;
  if (!baseline.warmup) {
    numbers.push_back({"zscore", "value", value});
    numbers.push_back({"zscore", "expected", baseline.expected});
    numbers.push_back({"zscore", "sigma", baseline.sigma});
    numbers.push_back({"zscore", "z", baseline.z});
  }
  if (seen.drift) {
    numbers.push_back({"adwin", "width", seen.drift->width});
    numbers.push_back({"adwin", "mean", seen.drift->mean});
    numbers.push_back({"adwin", "before", seen.drift->before});
  }
  if (seen.score) numbers.push_back({"ensemble", "score", *seen.score});
  if (seen.clock) {
    numbers.push_back({"clock", "expected", seen.clock->expected});
    numbers.push_back({"clock", "sigma", seen.clock->sigma});
    numbers.push_back({"clock", "z", seen.clock->z});
  }
}

}  // namespace

std::vector<evidence_number> evidence_of(const finding& found, const observation* point) {
  std::vector<evidence_number> numbers = {{"event", "nines", found.nines},
                                          {"event", "size", found.size},
                                          {"event", "points", static_cast<double>(found.points)},
                                          {"event", "value", found.value},
                                          {"event", "expected", found.expected}};
  if (found.before) numbers.push_back({"event", "before", *found.before});
  if (found.after) numbers.push_back({"event", "after", *found.after});
  if (point != nullptr) add_detectors(point->seen, point->value, numbers);
  return numbers;
}

void take_extreme(event& said, const observation& point) {
  if (said.kind == event_kind::shift || said.kind == event_kind::trend) {
    const double before = said.before.value_or(0);
    if (std::abs(point.value - before) > std::abs(said.value - before)) said.value = point.value;
  } else if (said.kind == event_kind::spread || said.kind == event_kind::pattern) {
    if (std::abs(point.error()) <= std::abs(said.value - said.expected)) return;
    said.value = point.value;
    said.expected = point.seen.baseline.expected;
  }
}

}  // namespace spindrift
