// What events have to say becomes rows of the history.
#include "server/sinks/history_sink.hpp"

#include "common/model/explanation.hpp"
#include "common/protocol/encode.hpp"
#include "server/engine/told_event.hpp"
#include "server/sinks/picture_bytes.hpp"

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
  if (told.is_picture_alone) row.writes = history_event::part::picture;
  if (told.why == nullptr) return row;
  row.picture = picture_bytes(told.why->picture);
  if (!told.why->evidence.empty()) append_evidence(told.why->evidence, row.evidence);
  return row;
}

void history_sink::offer(const intake& passed) {
  const auto& told = passed.points.told;
  for (std::size_t k = 0; k < told.size(); ++k) {
    const std::string_view stream = passed.points.points[told[k].point].stream;
    const std::string_view line = told[k].notice.is_picture_alone ? std::string_view() : passed.event_line(k);
    history_.record(history_event_of(told[k].notice, stream, line));
  }
}

}  // namespace spindrift
