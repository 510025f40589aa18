// Verdicts with findings become rows of the history.
#include "server/sinks/history_sink.hpp"

#include <utility>

namespace spindrift {

history_event history_event_of(const verdict& judged, std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  history_event event;
  event.stream = judged.subject.stream;
  event.ts = judged.subject.ts.value_or(0);
  event.n = judged.n;
  event.kinds = static_cast<std::uint8_t>((judged.anomaly ? static_cast<unsigned>(history_kind::anomaly) : 0U) |
                                          (judged.drift ? static_cast<unsigned>(history_kind::drift) : 0U) |
                                          (judged.alarm ? static_cast<unsigned>(history_kind::alarm) : 0U));
  event.z = judged.z;
  event.score = judged.score;
  event.line = line;
  return event;
}

void history_sink::offer(const intake& passed) {
  const auto& outcomes = passed.points.outcomes;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].why != refusal::none || !outcomes[i].what.is_event()) continue;
    history_.record(history_event_of(outcomes[i].what, passed.line(i)));
  }
}

}  // namespace spindrift
