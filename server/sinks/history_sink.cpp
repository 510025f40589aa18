// What events have to say becomes rows of the history.
#include "server/sinks/history_sink.hpp"

namespace spindrift {

history_event history_event_of(const event& told, std::string_view stream, std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  history_event row;
  row.stream = stream;
  row.ts = told.told;
  row.n = told.told_n;
  row.number = told.number;
  row.kinds = static_cast<std::uint16_t>(1U << static_cast<unsigned>(told.kind));
  row.severity = told.severity;
  row.is_open = !told.to_n.has_value() && told.state != event_state::closed;
  row.line = line;
  return row;
}

void history_sink::offer(const intake& passed) {
  const auto& told = passed.points.told;
  for (std::size_t k = 0; k < told.size(); ++k) {
    const std::string_view stream = passed.points.points[told[k].point].stream;
    history_.record(history_event_of(told[k].notice, stream, passed.event_line(k)));
  }
}

}  // namespace spindrift
