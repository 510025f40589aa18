// One log line for each finding of each verdict that has one.
#include "server/sinks/event_log.hpp"

#include "common/log/log.hpp"

namespace spindrift {
namespace {

// The value that the verdict speaks of: of several, the one whose baseline was the most surprised.
double judged_value(const verdict& judged) {
  for (const feature& given : judged.subject.values) {
    if (given.name == judged.feature) return given.value;
  }
  return judged.subject.value;
}

void log_findings(const verdict& judged) {
  const point& subject = judged.subject;
  log_field feature{"feature"};
  if (!judged.feature.empty()) feature.value = judged.feature;
  const auto line = [&](std::string_view event, const log_field& one, const log_field& other = {}) {
    log_finding(event, {{"stream", subject.stream},
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

}  // namespace

void event_log::offer(const intake& passed) {
  for (const outcome& found : passed.points.outcomes) {
    if (found.why == refusal::none && found.what.is_event()) log_findings(found.what);
  }
}

}  // namespace spindrift
