// Collects what the parts said at the telling.
#include "server/events/evidence.hpp"

#include <cmath>

namespace spindrift {
namespace {

using numbers_list = std::vector<evidence_number>;

void add(numbers_list& to, std::string_view part, std::string_view name, double value) {
  to.push_back({part, name, value, {}});
}

void add_baseline(const baseline_reading& baseline, double value, numbers_list& numbers) {
  if (baseline.warmup) return;
  add(numbers, "zscore", "value", value);
  add(numbers, "zscore", "expected", baseline.expected);
  add(numbers, "zscore", "scale", baseline.sigma / baseline.tail);
  add(numbers, "zscore", "tail", baseline.tail);
  add(numbers, "zscore", "sigma", baseline.sigma);
  add(numbers, "zscore", "z", baseline.z);
}

void add_cut(const drift_cut& cut, numbers_list& numbers) {
  add(numbers, "adwin", "width", cut.width);
  add(numbers, "adwin", "mean", cut.mean);
  add(numbers, "adwin", "width_before", cut.older_width);
  add(numbers, "adwin", "before", cut.before);
  add(numbers, "adwin", "difference", std::abs(cut.before - cut.mean));
  add(numbers, "adwin", "bound", cut.bound);
  add(numbers, "adwin", "variance", cut.variance);
  add(numbers, "adwin", "range", cut.range);
  add(numbers, "adwin", "log_term", cut.log_term);
}

void add_clock(const clock_reading& clock, numbers_list& numbers) {
  add(numbers, "clock", "expected", clock.expected);
  add(numbers, "clock", "sigma", clock.sigma);
  add(numbers, "clock", "z", clock.z);
  add(numbers, "clock", "judges", clock.judges ? 1 : 0);
  add(numbers, "clock", "mean_error", clock.error);
  add(numbers, "clock", "mean_error_without", clock.plain_error);
}

void add_relation(const relation_reading& relation, numbers_list& numbers) {
  add(numbers, "relation", "partner", static_cast<double>(relation.partner));
  add(numbers, "relation", "correlation", relation.correlation);
  add(numbers, "relation", "residual", relation.residual);
  add(numbers, "relation", "usual", relation.usual);
  add(numbers, "relation", "z", relation.z);
}

}  // namespace

std::vector<evidence_number> evidence_of(const finding& found, const observation* point) {
  numbers_list numbers;
  add(numbers, "event", "nines", found.nines);
  add(numbers, "event", "size", found.size);
  add(numbers, "event", "points", static_cast<double>(found.points));
  add(numbers, "event", "value", found.value);
  add(numbers, "event", "expected", found.expected);
  if (found.before) add(numbers, "event", "before", *found.before);
  if (found.after) add(numbers, "event", "after", *found.after);
  if (found.relation) add_relation(*found.relation, numbers);
  if (point == nullptr) return numbers;
  add_baseline(point->seen.baseline, point->value, numbers);
  if (point->seen.drift) add_cut(*point->seen.drift, numbers);
  if (point->seen.score) add(numbers, "ensemble", "score", *point->seen.score);
  if (point->seen.clock) add_clock(*point->seen.clock, numbers);
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
