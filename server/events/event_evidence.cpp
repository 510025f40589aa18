// Whether what was found only says again what has been told.
#include <algorithm>

#include "server/events/event_watch.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t alarm_aftermath = 100;
constexpr std::uint64_t alarm_spread = 400;  // the score needs longer to know another scatter
constexpr std::uint64_t cluster = 24;        // points between spikes of one burst
constexpr std::uint64_t adwin_apart = 72;    // points by which two values' windows of one change may begin apart

}  // namespace

bool event_watch::is_evidence(const finding& found, bool by_alarm, const observation& point, const entry& of) const {
  const event& said = of.told;
  const std::uint64_t last = std::max(said.told_n, said.to_n.value_or(0));
  const std::uint64_t since = point.n - std::min(point.n, last);
  if (by_alarm) {
    if (said.kind == event_kind::spread) return of.is_open || since <= alarm_spread;
    const bool covers = of.is_open && (!is_level(said.kind) || of.is_gradual || point.n - of.seen_n <= aftermath);
    return covers || since <= alarm_aftermath;
  }
  const bool is_cut = is_level(found.kind) && found.from_n + settle < point.n;
  const bool is_other = found.feature != said.feature && said.kind != event_kind::relation;
  const bool was_stuck = said.kind == event_kind::stuck;
  // What stood still has moved every mean; and where windows of ADWIN begin, their changes began before or after.
  std::uint64_t reach = was_stuck ? last + settle : 0;
  if (is_other && is_level(said.kind)) reach = said.told_n + adwin_apart;
  if (is_cut && found.from_n <= reach) return of.is_open || since <= aftermath;
  if (is_other) {
    return (was_stuck ? since : point.n - said.told_n) <= settle || (of.is_open && found.from_n <= said.told_n);
  }
  switch (said.kind) {
    case event_kind::stuck:
      return since <= settle;
    // More scatter flags single points; a level that stands firm is another matter.
    case event_kind::spread:
      if (!of.is_open) return false;
      if (found.kind == event_kind::spread) return true;
      return found.kind == event_kind::spike && !found.stands_alone && found.size < 3 * of.size && since <= aftermath;
    case event_kind::shift:
    case event_kind::trend:
      if (found.kind == event_kind::spread) return point.n - said.told_n <= aftermath;
      if (is_cut) return found.from_n <= last + settle || (of.is_open && found.direction == said.direction);
      return since <= settle && found.kind != event_kind::stuck;
    case event_kind::spike:
      if (found.stands_alone || found.kind == event_kind::spread) return false;
      if (found.kind == event_kind::spike)
        return since <= cluster && found.points < cluster && found.size < 3 * of.size;
      return is_cut && found.from_n <= said.told_n + settle && found.from_n + settle >= said.from_n;
    case event_kind::silent:
      return false;
    case event_kind::pattern:
      return false;
    default:
      return of.is_open || since <= settle;
  }
}

}  // namespace spindrift
