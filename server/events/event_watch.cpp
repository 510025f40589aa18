// Findings become events: told once, followed while open, closed.
#include "server/events/event_watch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "common/model/verdict.hpp"
#include "server/events/event_text.hpp"
#include "server/events/evidence.hpp"
#include "server/events/severity.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t accept_after = 100;  // points of a new level until it is the normal one
constexpr std::uint64_t accept_trend = 500;  // without a further cut
constexpr std::uint64_t accept_pattern = 60;
constexpr std::uint64_t accept_scatter = 400;
constexpr std::uint64_t accept_stuck = 5'000;
constexpr std::uint8_t back_min = 3;
constexpr std::uint8_t back_gradual = 24;
constexpr double trend_factor = 1.5;
constexpr double back_share = 0.3;
constexpr int worse = 10;  // of severity, for an update

}  // namespace

event_watch::rarities& event_watch::some() {
  if (!seldom_) seldom_ = std::make_unique<rarities>(1);
  return *seldom_;
}

const mark_memory& event_watch::marks() const {
  static const mark_memory none;
  return seldom_ ? seldom_->marks : none;
}

event_watch::membership event_watch::update(std::uint64_t n, std::int64_t ts, std::span<const double> values,
                                            const reading& seen, std::vector<event>& told) {
  interval_habit::answer interval = intervals_.update(ts);
  // So many were late in a row that the detectors take the newest for the one that was wrong, and go on from here.
  if (interval.late && !seen.late) {
    intervals_ = {};
    interval = intervals_.update(ts);
  }
  if (interval.late) return {.late = true};
  const std::size_t before = told.size();
  bool was_absent = false;
  if (!entries_.empty()) {
    was_absent = is_absent();
    close_absences(n, ts, told);
    forget_old(n);
  }
  if (interval.hole && !was_absent) {
    finding hole;
    hole.kind = event_kind::silent;
    hole.from_n = n - 1;
    hole.from = interval.newest;
    hole.points = 0;
    hole.value = hole.expected = values.front();
    hole.nines = 3 + interval.nines;
    hole.size = static_cast<double>(interval.gap_ms) / std::max(intervals_.usual_interval(), 1.0) / 8;
    hole.to_n = n;
    hole.to = ts;
    open(hole, n, ts, nullptr, told);
  }
  const double crowd = values.size() > 1 ? std::log10(static_cast<double>(values.size())) : 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    feature_watch& watch = watch_of(i);
    const observation point{.n = n,
                            .ts = ts,
                            .value = values[i],
                            .seen = seen.of_feature(i),
                            .crowd = crowd,
                            .repeat = interval.repeat,
                            .after_hole = seen.after_hole,
                            .settling = !entries_.empty() && is_settling(n, i)};
    const auto answer = watch.update(point);
    album_.follow(point, i, watch.excursion().is_out());
    if (answer) take(i, point, *answer, told);
    if (!entries_.empty()) follow_open(point, i, told);
  }
  if (feature_count() > 1) take_relation(n, ts, values, seen, told);
  // What the baseline flags is the other watches' business.
  const auto voters = static_cast<std::uint8_t>(seen.judged_by & ~static_cast<unsigned>(point_detector::zscore));
  if (voters != 0 || has_votes()) take_votes(voters, n, ts, values, seen, told);
  album_.end_point(ts, values);
  membership result;
  for (const entry& held : entries_) {
    if (!held.is_open) continue;
    result.number = held.told.number;
    result.kind = held.told.kind;
  }
  for (std::size_t i = before; result.number == 0 && i < told.size(); ++i) {
    if (told[i].is_picture_alone) continue;
    result.number = told[i].number;
    result.kind = told[i].kind;
  }
  return result;
}

const event_picture* event_watch::picture_of(std::uint64_t number) const {
  for (const entry& held : entries_) {
    if (held.told.number == number) return held.picture.get();
  }
  return nullptr;
}

// The newest version of an event, with what is known of its picture.
void event_watch::tell(const entry& of, std::vector<event>& told) const {
  event& said = told.emplace_back(of.told);
  said.text = sentence(said);
  marks().mention(said);
  if (of.picture) said.why = std::make_shared<const explanation>(explanation{{}, *of.picture});
}

void event_watch::extend_picture(entry& of, const observation& point, std::vector<event>& told) {
  if (!of.picture || of.told.feature >= feature_count() || !picture_album::extend(*of.picture, point)) return;
  if (!of.picture->is_complete()) return;
  event& grown = told.emplace_back(of.told);
  grown.is_picture_alone = true;
  grown.why = std::make_shared<const explanation>(explanation{{}, std::move(*of.picture)});
  of.picture.reset();
}

std::size_t event_watch::open_count() const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [](const entry& held) { return held.is_open && held.is_told; }));
}

void event_watch::take(std::size_t feature, const observation& point, const feature_watch::answer& seen,
                       std::vector<event>& told) {
  if (seen.still.moved) {
    if (entry* const stuck = find_open(event_kind::stuck, feature)) close(*stuck, point.n - 1, point.ts, false, told);
  }
  if (seen.still.found) {
    finding found = *seen.still.found;
    found.feature = feature;
    consider(found, false, point, told);
  }
  take_excursion(point, seen.excursion, feature, told);
  take_spread(point, seen.spread, feature, told);
  if (seen.level) {
    finding found = *seen.level;
    found.feature = feature;
    consider(found, false, point, told);
    watch_of(feature).settle(settle);
    watch_of(feature).level().accept();
  }
  if (seen.pattern) {
    finding found = *seen.pattern;
    found.feature = feature;
    consider(found, true, point, told);
  }
}

void event_watch::take_excursion(const observation& point, const excursion_watch::answer& seen, std::size_t feature,
                                 std::vector<event>& told) {
  if (seen.over) {
    if (entry* const spike = find_open(event_kind::spike, feature)) {
      spike->told.points = seen.over->points;
      spike->told.value = seen.over->value;
      spike->told.expected = seen.over->expected;
      close(*spike, *seen.over->to_n, *seen.over->to, false, told);
    }
  }
  if (!seen.found) return;
  finding found = *seen.found;
  found.feature = feature;
  if (found.kind == event_kind::shift) {
    watch_of(feature).settle(settle);
    watch_of(feature).excursion().forget();
  }
  if (seen.is_correction) {
    if (entry* const spike = find_open(event_kind::spike, feature)) {
      return correct(*spike, found, point, told);
    }
  }
  consider(found, false, point, told);
}

void event_watch::take_spread(const observation& point, const spread_watch::answer& seen, std::size_t feature,
                              std::vector<event>& told) {
  entry* const ended = seen.over ? find_open(event_kind::spread, feature) : nullptr;
  if (ended != nullptr) close(*ended, point.n, point.ts, seen.accepted, told);
  if (!seen.found) return;
  finding found = *seen.found;
  found.feature = feature;
  consider(found, false, point, told);
}

void event_watch::consider(const finding& found, bool by_alarm, const observation& point, std::vector<event>& told) {
  for (entry& held : entries_) {
    if (!is_evidence(found, by_alarm, point, held)) continue;
    if (held.is_open && !by_alarm) {
      held.seen_n = point.n;
      // How bad it is shows in all that is found of it: follow_open() says so.
      if (is_level(held.told.kind) && is_level(found.kind) && held.told.direction == found.direction) {
        held.nines = std::max(held.nines, found.nines);
        held.size = std::max(held.size, found.size);
      }
      if (held.told.kind == event_kind::shift && found.kind == event_kind::shift &&
          found.from_n > held.told.told_n + settle && held.told.direction == found.direction) {
        finding trend = found;
        trend.kind = event_kind::trend;
        trend.before = held.told.before;
        correct(held, trend, point, told);
      }
    }
    return;
  }
  // What could only be called a pattern has got its name; where a level has grown odd the scatter seems to, at first.
  for (entry& held : entries_) {
    if (by_alarm || !held.is_open || held.told.feature != found.feature) continue;
    const bool is_level_after_all = held.was_pattern && held.told.kind == event_kind::spread && is_level(found.kind);
    if (held.told.kind != event_kind::pattern && !is_level_after_all) continue;
    if ((found.from_n > held.told.told_n && found.kind != event_kind::spread) || found.to_n) continue;
    return correct(held, found, point, told);
  }
  // Back to the level before: that is the end of a shift, not the next one.
  if (found.kind == event_kind::shift && found.after) {
    for (entry& held : entries_) {
      if (!held.is_open || !is_level(held.told.kind) || held.told.feature != found.feature) continue;
      const double height = std::abs(held.told.after.value_or(0) - held.told.before.value_or(0));
      if (std::abs(*found.after - held.told.before.value_or(0)) > back_share * height) continue;
      return close(held, found.from_n - 1, found.from, false, told);
    }
  }
  open(found, point.n, point.ts, &point, told);
}

// Told before under another kind, or as less than it is.
void event_watch::correct(entry& held, const finding& found, const observation& point, std::vector<event>& told) {
  event& said = held.told;
  held.was_pattern = held.was_pattern || said.kind == event_kind::pattern;
  said.kind = found.kind;
  said.direction = found.direction;
  said.state = event_state::update;
  said.before = found.before;
  said.after = found.after;
  said.points = std::max(said.points, found.points);
  said.value = found.value;
  said.expected = found.expected;
  held.nines = std::max(held.nines, found.nines);
  held.size = std::max(held.size, found.size);
  said.severity = std::max(said.severity, marks().lowered(said, severity_of(held.nines, held.size, said.points)));
  held.seen_n = point.n;
  held.is_gradual = is_level(found.kind) && found.from_n + settle < point.n;
  held.is_of_rest = found.is_of_rest;
  tell(held, told);
}

// `point`: null when nothing has come.
event_watch::entry& event_watch::open(const finding& found, std::uint64_t n, std::int64_t ts, const observation* point,
                                      std::vector<event>& told) {
  if (entries_.size() == entries_max) make_room(told, n, ts);
  entry added;
  event& said = added.told;
  said.number = ++count_;
  said.kind = found.kind;
  said.direction = found.direction;
  said.feature = found.feature;
  said.severity = severity_of(found.nines, found.size, found.points);
  said.told_n = n;
  said.told = ts;
  said.from_n = found.from_n;
  said.from = found.from;
  said.to_n = found.to_n;
  said.to = found.to;
  said.points = found.points;
  said.value = found.value;
  said.expected = found.expected;
  said.before = found.before;
  said.after = found.after;
  added.nines = found.nines;
  added.size = found.size;
  added.seen_n = n;
  added.is_open = !found.to_n;
  added.is_gradual = is_level(found.kind) && found.from_n + settle < n;
  added.is_of_rest = found.is_of_rest;
  said.severity = marks().lowered(said, said.severity);
  explanation why{evidence_of(found, point), album_.take(found, point)};
  if (!why.picture.is_complete()) added.picture = std::make_unique<event_picture>(why.picture);
  tell(added, told);
  told.back().why = std::make_shared<const explanation>(std::move(why));
  return entries_.push_back(std::move(added));
}

void event_watch::close(entry& over, std::uint64_t to_n, std::int64_t to, bool accepted, std::vector<event>& told) {
  event& said = over.told;
  over.is_open = false;
  said.state = event_state::closed;
  said.to_n = to_n;
  said.to = to;
  said.accepted = accepted;
  if (accepted && said.kind == event_kind::shift && said.before && said.after) {
    watch_of(said.feature).excursion().accept(*said.before, *said.after);
  }
  tell(over, told);
}

// The oldest that is over goes; where all are open the oldest is taken as usual.
void event_watch::make_room(std::vector<event>& told, std::uint64_t n, std::int64_t ts) {
  entry* oldest = std::find_if(entries_.begin(), entries_.end(), [](const entry& held) { return !held.is_open; });
  if (oldest == entries_.end()) {
    oldest = entries_.begin();
    close(*oldest, n, ts, true, told);
  }
  entries_.erase(oldest);
}

void event_watch::follow_open(const observation& point, std::size_t feature, std::vector<event>& told) {
  for (entry& held : entries_) {
    if (held.told.feature != feature) continue;
    extend_picture(held, point, told);
    if (!held.is_open) continue;
    event& said = held.told;
    if (said.told_n != point.n) ++said.points;
    const std::uint64_t since = point.n - held.seen_n;
    if (is_level(said.kind)) {
      const double height = std::abs(said.after.value_or(0) - said.before.value_or(0));
      const double level = level_of(held, point, feature);
      const bool is_back = std::abs(level - said.before.value_or(0)) < back_share * height;
      held.back = is_back ? static_cast<std::uint8_t>(std::min(held.back + 1, 100)) : std::uint8_t{0};
      if (held.is_gradual && goes_on(held, level)) {
        said.kind = event_kind::trend;
        said.state = event_state::update;
        said.after = level;
        held.seen_n = point.n;
        tell(held, told);
      } else if (held.back >= (held.is_gradual ? back_gradual : back_min)) {
        close(held, point.n - held.back, point.ts, false, told);
      } else if (since >= (held.is_gradual ? accept_trend : accept_after)) {
        close(held, point.n, point.ts, true, told);
      }
    } else if (said.kind == event_kind::pattern && since >= accept_pattern &&
               (since >= accept_scatter || !watch_of(feature).is_scatter_astray())) {
      close(held, point.n, point.ts, false, told);
    } else if (said.kind == event_kind::spread && since >= settle && !watch_of(feature).knows_spread() &&
               (since >= accept_pattern || !watch_of(feature).is_scatter_astray())) {
      // A wild stretch that has not lasted until it was the scatter's business.
      close(held, point.n, point.ts, false, told);
    } else if (said.kind == event_kind::stuck && since >= accept_stuck) {
      close(held, point.n, point.ts, true, told);
    }
    if (!held.is_open || held.back > 0) continue;
    take_extreme(said, point);
    // What lasts may become much worse than was told.
    if (!std::has_single_bit(said.points)) continue;
    const int severity = marks().lowered(said, severity_of(held.nines, held.size, said.points));
    if (severity < said.severity + worse) continue;
    said.severity = severity;
    said.state = event_state::update;
    tell(held, told);
  }
}

// Where the level of an open event stands now, to be held against the one before it.
double event_watch::level_of(const entry& held, const observation& point, std::size_t feature) const {
  const level_watch& level = watch_of(feature).level();
  if (held.is_of_rest && level.has_rest()) return held.told.before.value_or(0) + level.rest();
  return held.is_gradual || held.is_of_rest ? level.recent() : point.value;
}

// A change that ADWIN found is a trend when the level has moved on by half of what it had moved when it was told.
bool event_watch::goes_on(const entry& held, double level) {
  const double before = held.told.before.value_or(0);
  const double height = held.told.after.value_or(0) - before;
  return height > 0 ? level > before + trend_factor * height : level < before + trend_factor * height;
}

event_watch::entry* event_watch::find_open(event_kind kind, std::size_t feature) {
  for (entry& held : entries_) {
    if (held.is_open && held.told.kind == kind && held.told.feature == feature) return &held;
  }
  return nullptr;
}

bool event_watch::is_settling(std::uint64_t n, std::size_t feature) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const entry& held) {
    return is_level(held.told.kind) && held.told.feature == feature && n - held.told.told_n <= settle;
  });
}

void event_watch::forget_old(std::uint64_t n) {
  entries_.erase_if([n](const entry& held) {
    return !held.is_open && n - std::max(held.told.told_n, held.told.to_n.value_or(0)) > aftermath;
  });
}

}  // namespace spindrift
