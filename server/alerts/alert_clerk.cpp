// What becomes of an event.
#include "server/alerts/alert_clerk.hpp"

#include <algorithm>
#include <utility>

namespace spindrift {
namespace {

using fate = alert_book::fate;

constexpr std::size_t due_at_once = 1'000;
// Incidents are what would be one message; without grouping, what comes within half a minute.
constexpr std::int64_t incident_ms = 30'000;

alert_book::entry entry_of(const notice& said) {
  alert_book::entry made;
  made.told = said.told;
  made.kind = said.kind;
  made.severity = said.severity;
  made.worst = said.severity;
  made.newest = said;
  return made;
}

}  // namespace

alert_clerk::alert_clerk(alert_book& book, alert_routes routes) : book_(book), routes_(std::move(routes)) {
  load();
}

void alert_clerk::load() {
  desks_.clear();
  for (const alert_settings& alert : routes_.alerts()) {
    desk& made = desks_.emplace_back();
    if (alert.budget == 0) continue;
    made.budget.emplace(alert.budget, std::max<std::int64_t>(alert.group.count(), incident_ms));
    made.budget->set_state(book_.budget_state(alert.name));
  }
}

void alert_clerk::save() {
  for (std::size_t i = 0; i < desks_.size(); ++i) {
    if (!std::exchange(desks_[i].has_learned, false)) continue;
    book_.keep_budget(routes_.alerts()[i].name, desks_[i].budget->state());
  }
}

alert_clerk::tally alert_clerk::take_tally() {
  return std::exchange(tally_, {});
}

std::vector<alert_clerk::held_mark> alert_clerk::take_marks() {
  return std::exchange(marks_, {});
}

void alert_clerk::take(const notice& said, std::int64_t now_ms) {
  if (said.state == event_state::closed) return close(said, now_ms);
  bool is_told = false;
  bool is_held = false;
  for (const std::size_t alert : routes_.of(said)) is_told = consider(alert, said, now_ms, is_held) || is_told;
  // An update that is told may be of an event that was held until now.
  if (is_held || (is_told && said.state == event_state::update)) marks_.push_back({said, is_held});
}

void alert_clerk::close(const notice& said, std::int64_t now_ms) {
  for (std::size_t i = 0; i < desks_.size(); ++i) {
    const std::string& name = routes_.alerts()[i].name;
    auto known = book_.find(name, said.stream, said.number);
    if (!known || known->told != said.told || known->is == fate::over) continue;
    if (known->is == fate::told) enqueue(i, *known, said, now_ms);
    known->is = fate::over;
    known->due = 0;
    known->newest = said;
    book_.keep(name, *known);
  }
}

bool alert_clerk::consider(std::size_t alert, const notice& said, std::int64_t now_ms, bool& is_held) {
  const std::string& name = routes_.alerts()[alert].name;
  if (auto known = book_.find(name, said.stream, said.number); known && known->told == said.told) {
    const bool is_told = reconsider(alert, *known, said, now_ms);
    is_held = is_held || (!is_told && known->is == fate::held);
    return is_told;
  }
  alert_book::entry made = entry_of(said);
  if (const std::int64_t until = routes_.silenced_until(said.stream, now_ms); until > 0) {
    ++tally_.silenced;
    made.is = said.is_over ? fate::over : fate::silenced;
    made.due = said.is_over ? 0 : until;
    book_.keep(name, made);
    return false;
  }
  if (affords(alert, said.severity, true, now_ms)) {
    tell(alert, std::move(made), said, now_ms);
    return true;
  }
  ++tally_.held;
  is_held = true;
  made.is = said.is_over ? fate::over : fate::held;
  book_.keep(name, made);
  return false;
}

// Of an event that this alert has had before. An `open` is replay's: there is nothing new in it.
bool alert_clerk::reconsider(std::size_t alert, alert_book::entry& known, const notice& said, std::int64_t now_ms) {
  const bool was_told = known.is == fate::told;
  if (known.is == fate::over || said.state == event_state::open) return was_told;
  const bool is_worse = said.severity > known.worst;
  known.worst = std::max(known.worst, said.severity);
  known.newest = said;
  if (known.is == fate::held && is_worse && affords(alert, said.severity, false, now_ms)) {
    known.kind = said.kind;
    known.severity = said.severity;
    tell(alert, known, said, now_ms);
    return true;
  }
  book_.keep(routes_.alerts()[alert].name, known);
  return was_told;
}

bool alert_clerk::affords(std::size_t alert, int severity, bool is_new, std::int64_t now_ms) {
  desk& at = desks_[alert];
  if (!at.budget) return true;
  at.has_learned = true;
  const bool joins = at.group_tells && now_ms < at.group_until_ms;
  return is_new ? at.budget->takes(now_ms, severity, joins) : at.budget->takes_worse(now_ms, severity, joins);
}

void alert_clerk::tell(std::size_t alert, alert_book::entry of, const notice& said, std::int64_t now_ms) {
  const alert_settings& chosen = routes_.alerts()[alert];
  // What found no room in the queue is not followed either.
  const bool is_queued = enqueue(alert, of, said, now_ms);
  desks_[alert].group_tells = true;
  of.is = is_queued && !said.is_over ? fate::told : fate::over;
  of.due = of.is == fate::told && chosen.repeat.count() > 0 ? now_ms + chosen.repeat.count() : 0;
  book_.keep(chosen.name, of);
}

bool alert_clerk::enqueue(std::size_t alert, const alert_book::entry& of, const notice& said, std::int64_t now_ms) {
  desk& at = desks_[alert];
  const alert_settings& chosen = routes_.alerts()[alert];
  const std::int64_t group_ms = chosen.group.count();
  // A clock that was put back must not keep a group open for hours.
  if (now_ms >= at.group_until_ms || at.group_until_ms > now_ms + group_ms) {
    at.group_until_ms = now_ms + group_ms;
    at.group_tells = false;
  }
  queued_notice added;
  added.what = said;
  added.first_kind = of.kind;
  added.first_severity = of.severity;
  if (book_.put(chosen.name, at.group_until_ms, added)) return true;
  ++tally_.dropped;
  return false;
}

void alert_clerk::tick(std::int64_t now_ms) {
  for (desk& at : desks_) {
    if (at.budget && at.budget->begin(now_ms)) at.has_learned = true;
  }
  for (const alert_book::due_entry& due : book_.due_entries(now_ms, due_at_once)) fall_due(due, now_ms);
}

void alert_clerk::fall_due(const alert_book::due_entry& due, std::int64_t now_ms) {
  const auto& all = routes_.alerts();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const alert_settings& one) { return one.name == due.alert; });
  alert_book::entry known = due.of;
  known.due = 0;
  if (found == all.end()) return book_.keep(due.alert, known);
  const auto alert = static_cast<std::size_t>(found - all.begin());
  if (known.is == fate::silenced) {
    known.due = routes_.silenced_until(known.newest.stream, now_ms);
    if (known.due > 0) return book_.keep(due.alert, known);
    if (affords(alert, known.worst, true, now_ms)) return tell(alert, known, known.newest, now_ms);
    ++tally_.held;
    known.is = fate::held;
    marks_.push_back({known.newest, true});
  } else if (known.is == fate::told && found->repeat.count() > 0) {
    known.due = now_ms + found->repeat.count();
    if (affords(alert, known.worst, false, now_ms)) enqueue(alert, known, known.newest, now_ms);
  }
  book_.keep(due.alert, known);
}

}  // namespace spindrift
