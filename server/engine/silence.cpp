// What is told of streams without a point of theirs: by the server's clock, by what was refused, and by people.
#include <algorithm>
#include <utility>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/event_words.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {

static_assert(counters::event_kinds == event_kind_count);

namespace {

// What is refused is told as that for so long, and not as silence.
constexpr std::int64_t refusal_lasts_ms = 30'000;

// Never, where it is not told.
std::int64_t shortest_silence(const stream_profile& of) {
  if (of.silent_after == engine_settings::silent_never) return INT64_MAX;
  return of.silent_after == engine_settings::silent_by_habit ? interval_habit::silence_min_ms : of.silent_after.count();
}

void subtract(counter& from, std::uint64_t amount) {
  if (amount > 0) from.fetch_sub(amount, std::memory_order_relaxed);
}

}  // namespace

void engine::apply_note(const stream_note& note, stream& to, std::vector<event>& notices) {
  switch (note.says) {
    case stream_note::kind::quiet:
      if (note.n == to.n) to.events.hear_nothing(to.n, note.quiet_ms, note.limit_ms, notices);
      return;
    case stream_note::kind::refused:
      if (note.n == to.n) to.events.hear_unreadable(to.n, note.count, note.quiet_ms, note.limit_ms, notices);
      return;
    case stream_note::kind::unit:
      if (note.count <= static_cast<std::uint64_t>(time_unit::nanoseconds))
        to.unit = static_cast<time_unit>(note.count);
      return;
    case stream_note::kind::expected:
    case stream_note::kind::real:
      break;
  }
  if (note.event_kind >= event_kind_count || note.direction > static_cast<std::uint8_t>(event_direction::down)) return;
  event like;
  like.kind = static_cast<event_kind>(note.event_kind);
  like.direction = static_cast<event_direction>(note.direction);
  like.value = note.height;
  if (note.says == stream_note::kind::expected) {
    to.detectors.expect();
    return to.events.expect(like);
  }
  to.events.take_seriously(like);
}

void engine::hold_back(stream& of, std::vector<event>& notices) {
  if (notices.empty()) return;
  of.events.hold_back(of.profile->rules, {}, notices);
  if (of.profile->has_words()) add_words(*of.profile, of.name, notices);
}

bool engine::hears_nothing(stream& of, moment now, std::vector<event>& notices) {
  const std::int64_t quiet_ms = now.steady_ms - of.seen_ms;
  const std::int64_t limit_ms = of.profile->silent_after.count();
  if (!of.events.is_overdue(quiet_ms, limit_ms)) return false;
  const stream_note note{stream_note::kind::quiet, of.n, 0, quiet_ms, limit_ms};
  if (journal_ != nullptr && !journal_->note(of, note)) return false;
  apply_note(note, of, notices);
  hold_back(of, notices);
  return !notices.empty();
}

bool engine::hears_refusals(stream& of, moment now, std::vector<event>& notices) {
  const std::int64_t limit_ms = std::max<std::int64_t>(of.profile->silent_after.count(), 0);
  const stream_note note{stream_note::kind::refused, of.n, of.refused(), now.steady_ms - of.seen_ms, limit_ms};
  if (!of.events.is_unreadable(note.count, note.quiet_ms, limit_ms)) return false;
  if (journal_ != nullptr && !journal_->note(of, note)) return false;
  apply_note(note, of, notices);
  hold_back(of, notices);
  return !notices.empty();
}

void engine::tell_of_silence(std::size_t stripe, moment now, std::size_t limit, batch& told) {
  std::vector<event> notices;
  stream_table::stripe& home = streams_->stripes()[stripe];
  const std::lock_guard guard(home.lock);
  home.streams.for_each([&](stream& one, std::uint64_t hash) {
    if (told.points.size() >= limit) return;
    hold_to_settings(one);
    const bool is_refused = one.refused() > 0 && now.steady_ms - one.seldom->refused_ms <= refusal_lasts_ms;
    // Behind the past the present may begin at any time.
    const bool is_quiet = !one.is_learning() && now.steady_ms - one.seen_ms > shortest_silence(*one.profile);
    if (is_refused ? hears_refusals(one, now, notices) : is_quiet && hears_nothing(one, now, notices)) {
      tell_apart(one, hash, notices, told);
    }
  });
}

void engine::hear_refused(std::string_view name, moment now, batch& told) {
  const std::uint64_t hash = streams_->hash_of(name);
  stream_table::stripe& home = streams_->stripe_of(hash);
  const std::lock_guard guard(home.lock);
  stream* const of = home.streams.find(name, hash);
  if (of == nullptr) return;
  hold_to_settings(*of);
  stream::rarities& rare = of->some();
  rare.refused = std::min(rare.refused, UINT32_MAX - 1) + 1;
  rare.refused_ms = now.steady_ms;
  std::vector<event> notices;
  if (hears_refusals(*of, now, notices)) tell_apart(*of, hash, notices, told);
}

engine::marking engine::mark(std::string_view name, const event& like, bool is_expected) {
  const std::uint64_t hash = streams_->hash_of(name);
  stream_table::stripe& home = streams_->stripe_of(hash);
  const std::lock_guard guard(home.lock);
  stream* const of = home.streams.find(name, hash);
  if (of == nullptr) return marking::unknown;
  stream_note note{is_expected ? stream_note::kind::expected : stream_note::kind::real, like.number};
  note.event_kind = static_cast<std::uint8_t>(like.kind);
  note.direction = static_cast<std::uint8_t>(like.direction);
  note.height = height_of(like);
  note.told = like.told;
  if (journal_ != nullptr && !journal_->note(*of, note)) return marking::refused;
  std::vector<event> notices;
  apply_note(note, *of, notices);
  return marking::done;
}

std::optional<event_picture> engine::picture_of(std::string_view name, std::uint64_t number) {
  const std::uint64_t hash = streams_->hash_of(name);
  stream_table::stripe& home = streams_->stripe_of(hash);
  const std::lock_guard guard(home.lock);
  const stream* const of = home.streams.find(name, hash);
  const event_picture* const found = of == nullptr ? nullptr : of->events.picture_of(number);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

// The batch owns the name: the stream may be gone before anybody reads it.
void engine::tell_apart(const stream& of, std::uint64_t hash, std::vector<event>& notices, batch& into) {
  if (notices.empty()) return;
  count_told(notices, false);
  const std::size_t at = into.points.size();
  into.points.push_back({.stream = into.names.emplace_back(of.name)});
  into.outcomes.push_back(outcome{refusal::nothing_sent, {}});
  into.hashes.push_back(hash);
  into.streams.push_back(nullptr);
  for (event& notice : notices) into.told.push_back({at, {}, std::move(notice)});
  notices.clear();
}

void engine::count_told(const std::vector<event>& notices, bool is_replay) {
  for (const event& notice : notices) {
    if (notice.is_picture_alone) continue;
    const bool is_silent = notice.kind == event_kind::silent;
    if (notice.state == event_state::update) {
      // Only a silence turns out to be that.
      if (notice.kind == event_kind::unreadable) subtract(counts_.streams_silent, 1);
    } else if (notice.state == event_state::open) {
      if (!is_replay) add(counts_.events[static_cast<std::size_t>(notice.kind)], 1);
      if (notice.to_n) continue;
      add(counts_.events_open, 1);
      if (is_silent) add(counts_.streams_silent, 1);
    } else {
      subtract(counts_.events_open, 1);
      if (is_silent) subtract(counts_.streams_silent, 1);
    }
  }
}

void engine::forget_counts(const stream& gone) {
  subtract(counts_.events_open, gone.events.open_count());
  subtract(counts_.streams_silent, gone.events.is_told_silent() ? 1 : 0);
}

}  // namespace spindrift
