// One log line for each event that is told or over, and one of level debug for each finding of a single point.
#include "server/sinks/event_log.hpp"

#include "common/log/log.hpp"
#include "common/log/log_mark.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

// The value that the verdict speaks of: of several, the one whose baseline was the most surprised.
double judged_value(const verdict& judged) {
  for (const feature& given : judged.subject.values) {
    if (given.name == judged.feature) return given.value;
  }
  return judged.subject.value;
}

void log_marks(const verdict& judged) {
  const point& subject = judged.subject;
  log_field feature{"feature"};
  if (!judged.feature.empty()) feature.value = judged.feature;
  const auto line = [&](std::string_view event, const log_field& one, const log_field& other = {}) {
    log_mark(event, {{"stream", subject.stream},
                     {"n", judged.n},
                     {"ts", *subject.ts},
                     {"value", judged_value(judged)},
                     {"expected", judged.expected},
                     one,
                     other,
                     feature});
  };
  if (judged.anomaly) line("anomaly", {"z", judged.z});
  if (judged.drift) line("drift", {"mean", judged.drift->mean}, {"before", judged.drift->before});
  if (judged.alarm) line("alarm", {"score", *judged.score}, {"z", judged.z});
}

void log_told(const event& told, std::string_view stream, std::string_view feature_name) {
  if (told.state == event_state::update || told.is_picture_alone) return;
  log_field direction{"direction"};
  if (told.direction != event_direction::none) direction.value = name_of(told.direction);
  log_field feature{"feature"};
  if (!feature_name.empty()) feature.value = feature_name;
  log_finding(told.state == event_state::open ? "event" : "event_over", {{"stream", stream},
                                                                         {"number", told.number},
                                                                         {"kind", name_of(told.kind)},
                                                                         direction,
                                                                         feature,
                                                                         {"severity", std::int64_t{told.severity}},
                                                                         {"from", told.from},
                                                                         {"points", told.points},
                                                                         {"value", told.value},
                                                                         {"expected", told.expected},
                                                                         {"text", std::string_view(told.text)}});
}

}  // namespace

void event_log::offer(const intake& passed) {
  for (const told_event& said : passed.points.told) {
    log_told(said.notice, passed.points.points[said.point].stream, said.feature);
  }
  for (const outcome& found : passed.points.outcomes) {
    if (found.why == refusal::none && found.what.unit != time_unit::none) {
      log_finding("time_unit", {{"stream", found.what.subject.stream}, {"unit", name_of(found.what.unit)}});
    }
    if (found.why == refusal::none && found.what.is_event()) log_marks(found.what);
  }
}

}  // namespace spindrift
