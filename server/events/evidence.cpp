// Collects what the parts said at the telling.
#include "server/events/evidence.hpp"

#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "common/model/verdict.hpp"

namespace spindrift {
namespace {

using numbers_list = std::vector<evidence_number>;

void add(numbers_list& to, std::string_view part, std::initializer_list<std::pair<std::string_view, double>> numbers) {
  for (const auto& [name, value] : numbers) to.push_back({part, name, value, {}});
}

void add_baseline(const baseline_reading& baseline, double value, numbers_list& to) {
  if (baseline.warmup) return;
  add(to, "zscore",
      {{"value", value},
       {"expected", baseline.expected},
       {"scale", baseline.sigma / baseline.tail},
       {"tail", baseline.tail},
       {"sigma", baseline.sigma},
       {"z", baseline.z}});
}

void add_cut(const drift_cut& cut, numbers_list& to) {
  add(to, "adwin",
      {{"width", cut.width},
       {"mean", cut.mean},
       {"width_before", cut.older_width},
       {"before", cut.before},
       {"difference", std::abs(cut.before - cut.mean)},
       {"bound", cut.bound},
       {"variance", cut.variance},
       {"range", cut.range},
       {"log_term", cut.log_term}});
}

void add_clock(const clock_reading& clock, numbers_list& to) {
  add(to, "clock",
      {{"expected", clock.expected},
       {"sigma", clock.sigma},
       {"z", clock.z},
       {"judges", clock.judges ? 1 : 0},
       {"mean_error", clock.error},
       {"mean_error_without", clock.plain_error}});
}

void add_relation(const relation_reading& relation, numbers_list& to) {
  add(to, "relation",
      {{"partner", static_cast<double>(relation.partner)},
       {"correlation", relation.correlation},
       {"residual", relation.residual},
       {"usual", relation.usual},
       {"z", relation.z}});
}

void add_votes(const finding& found, numbers_list& to) {
  std::string names;
  for (std::size_t i = 0; i < point_detector_names.size(); ++i) {
    if ((found.votes.by >> i & 1U) != 0) names.append(names.empty() ? "" : ",").append(point_detector_names[i]);
  }
  to.push_back({"votes", "by", 0, std::move(names)});
  add(to, "votes", {{"count", found.votes.count}});
}

}  // namespace

std::vector<evidence_number> evidence_of(const finding& found, const observation* point) {
  numbers_list numbers;
  add(numbers, "event",
      {{"nines", found.nines},
       {"size", found.size},
       {"points", static_cast<double>(found.points)},
       {"value", found.value},
       {"expected", found.expected}});
  if (found.before) add(numbers, "event", {{"before", *found.before}});
  if (found.after) add(numbers, "event", {{"after", *found.after}});
  if (found.relation) add_relation(*found.relation, numbers);
  if (found.votes.count > 0) add_votes(found, numbers);
  if (point == nullptr) return numbers;
  add_baseline(point->seen.baseline, point->value, numbers);
  if (point->seen.drift) add_cut(*point->seen.drift, numbers);
  if (point->seen.score) add(numbers, "ensemble", {{"score", *point->seen.score}});
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
