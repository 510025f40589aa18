// Copies what is told for the alert desk.
#include "server/alerts/alert_sink.hpp"

#include "server/engine/told_event.hpp"
#include "server/pipeline/intake.hpp"

namespace spindrift {

notice notice_of(const event& told, std::string_view stream, std::string_view line) {
  if (!line.empty() && line.back() == '\n') line.remove_suffix(1);
  notice made;
  made.stream = stream;
  made.number = told.number;
  made.told = told.told;
  made.state = told.state;
  made.kind = told.kind;
  made.severity = told.severity;
  made.is_over = told.to_n.has_value() || told.state == event_state::closed;
  made.line = line;
  return made;
}

void alert_sink::offer(const intake& passed) {
  if (!desk_.is_listening()) return;
  const auto& told = passed.points.told;
  for (std::size_t k = 0; k < told.size(); ++k) {
    // One that began to listen between needs() and now has no line yet.
    if (told[k].notice.is_picture_alone || !passed.has_event_line(k)) continue;
    desk_.offer(notice_of(told[k].notice, passed.points.points[told[k].point].stream, passed.event_line(k)));
  }
}

}  // namespace spindrift
