// No points, or none that can be read: told by whoever has a clock, closed by the next point.
#include <algorithm>

#include "server/events/event_watch.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t refused_min = 10;

bool is_absence(event_kind kind) {
  return kind == event_kind::silent || kind == event_kind::unreadable;
}

// Of no points since point n, the newest, at that time.
finding absence(event_kind kind, std::uint64_t n, std::int64_t newest, double size) {
  finding found;
  found.kind = kind;
  found.from_n = n;
  found.from = newest;
  found.points = 0;
  found.nines = 6;
  found.size = size;
  return found;
}

}  // namespace

bool event_watch::is_absent() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const entry& held) { return held.is_open && is_absence(held.told.kind); });
}

void event_watch::close_absences(std::uint64_t n, std::int64_t ts, std::vector<event>& told) {
  for (entry& held : entries_) {
    if (held.is_open && is_absence(held.told.kind)) close(held, n, ts, false, told);
  }
}

bool event_watch::is_overdue(std::int64_t quiet_ms, std::int64_t limit_ms) const {
  return quiet_ms > (limit_ms > 0 ? limit_ms : intervals_.silent_after()) && !is_absent();
}

void event_watch::hear_nothing(std::uint64_t n, std::int64_t quiet_ms, std::int64_t limit_ms,
                               std::vector<event>& told) {
  if (!is_overdue(quiet_ms, limit_ms)) return;
  const std::int64_t limit = limit_ms > 0 ? limit_ms : intervals_.silent_after();
  const double size = static_cast<double>(quiet_ms) / static_cast<double>(limit);
  open(absence(event_kind::silent, n, intervals_.newest(), size), n, intervals_.newest() + quiet_ms, nullptr, told);
}

bool event_watch::is_unreadable(std::uint64_t refused, std::int64_t quiet_ms, std::int64_t limit_ms) const {
  if (refused < refused_min || quiet_ms <= (limit_ms > 0 ? limit_ms : intervals_.unreadable_after())) return false;
  return !is_absent() || is_silent();
}

void event_watch::hear_unreadable(std::uint64_t n, std::uint64_t refused, std::int64_t quiet_ms, std::int64_t limit_ms,
                                  std::vector<event>& told) {
  if (!is_unreadable(refused, quiet_ms, limit_ms)) return;
  const double size = static_cast<double>(refused) / refused_min;
  const finding found = absence(event_kind::unreadable, n, intervals_.newest(), size);
  const std::int64_t now = intervals_.newest() + quiet_ms;
  if (entry* const silent = find_open(event_kind::silent, 0)) {
    return correct(*silent, found, observation{.n = n, .ts = now, .seen = {}}, told);
  }
  open(found, n, now, nullptr, told);
}

bool event_watch::is_silent() const {
  return std::any_of(entries_.begin(), entries_.end(),
                     [](const entry& held) { return held.is_open && held.told.kind == event_kind::silent; });
}

bool event_watch::is_told_silent() const {
  return std::any_of(entries_.begin(), entries_.end(), [](const entry& held) {
    return held.is_open && held.is_told && held.told.kind == event_kind::silent;
  });
}

}  // namespace spindrift
