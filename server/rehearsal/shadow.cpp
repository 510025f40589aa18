// Judges live points a second time, and compares what is told.
#include "server/rehearsal/shadow.hpp"

#include <algorithm>
#include <utility>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/intake.hpp"
#include "server/rehearsal/comparison_report.hpp"

namespace spindrift {
namespace {

constexpr double day_ms = 86'400'000;
// A few at a time, while a batch waits.
constexpr std::size_t forgotten_at_once = 16;

engine_settings bounded(engine_settings watched, std::size_t grown_bytes_max) {
  watched.grown_bytes_max = grown_bytes_max;
  return watched;
}

}  // namespace

// What one call works with.
struct shadow::work {
  batch points;
  std::vector<bool> is_compared;  // of each of the live points
};

shadow::shadow(engine& live, const shadow_settings& chosen, std::function<moment()> clock)
    : live_(live),
      file_(chosen.file),
      streams_max_(chosen.watched.streams_max),
      grown_bytes_max_(chosen.grown_bytes_max),
      idle_ms_(chosen.watched.idle_before_eviction.count()),
      clock_(std::move(clock)),
      engine_(std::make_unique<engine>(bounded(chosen.watched, chosen.grown_bytes_max), counts_)),
      live_choice_(choice_of(live.settings())),
      own_choice_(choice_of(chosen.watched)),
      compared_(notices_max),
      begun_ms_(clock_().wall_ms) {}

shadow::~shadow() = default;

std::unique_ptr<shadow::work> shadow::take_work() {
  const std::lock_guard guard(pool_lock_);
  if (pool_.empty()) return std::make_unique<work>();
  std::unique_ptr<work> taken = std::move(pool_.back());
  pool_.pop_back();
  taken->points.clear();
  return taken;
}

void shadow::give_back(std::unique_ptr<work> used) {
  const std::lock_guard guard(pool_lock_);
  pool_.push_back(std::move(used));
}

void shadow::offer(const intake& passed) {
  const batch& live = passed.points;
  const moment at = clock_();
  std::unique_ptr<work> mine = take_work();
  mine->is_compared.assign(live.outcomes.size(), false);
  for (std::size_t i = 0; i < live.outcomes.size(); ++i) {
    const outcome& one = live.outcomes[i];
    if (one.why == refusal::nothing_sent) mine->is_compared[i] = knows(live.points[i].stream);
    if (one.why != refusal::none || !follows(live.points[i].stream, one.what.n, at)) continue;
    mine->is_compared[i] = true;
    point& again = mine->points.points.emplace_back(one.what.subject);
    again.unit = time_unit::none;  // its time is in milliseconds by now
    again.is_counter = live.points[i].is_counter;
  }
  engine_->observe(mine->points, at);
  points_.fetch_add(mine->points.points.size(), std::memory_order_relaxed);
  compare(notice_side::before, live, &mine->is_compared);
  compare(notice_side::after, mine->points, nullptr);
  give_back(std::move(mine));
}

void shadow::hear_refused(std::string_view stream, moment now) {
  std::unique_ptr<work> mine = take_work();
  engine_->hear_refused(stream, now, mine->points);
  compare(notice_side::after, mine->points, nullptr);
  give_back(std::move(mine));
}

void shadow::pass_time(std::size_t at, std::size_t slices, moment now) {
  std::unique_ptr<work> mine = take_work();
  for (std::size_t stripe = at; stripe < stream_table::stripe_count; stripe += slices) {
    engine_->tell_of_silence(stripe, now, intake::points_max, mine->points);
  }
  compare(notice_side::after, mine->points, nullptr);
  give_back(std::move(mine));
}

void shadow::compare(notice_side side, const batch& of, const std::vector<bool>* only) {
  if (of.told.empty()) return;
  const std::lock_guard guard(compare_lock_);
  for (const told_event& told : of.told) {
    if (only != nullptr && !(*only)[told.point]) continue;
    compared_.hear(side, told.notice, of.points[told.point].stream, told.feature);
  }
}

bool shadow::knows(std::string_view name) const {
  const stream_table& mine = engine_->streams();
  const std::uint64_t hash = mine.hash_of(name);
  const stream_table::stripe& home = mine.stripe_of(hash);
  const std::lock_guard guard(home.lock);
  return home.streams.find(name, hash) != nullptr;
}

// Whether the point of this number is one that the stream has not seen. A stream that joins has seen it.
bool shadow::follows(std::string_view name, std::uint64_t n, moment now) {
  stream_table& mine = engine_->streams();
  const std::uint64_t hash = mine.hash_of(name);
  {
    const std::lock_guard guard(mine.stripe_of(hash).lock);
    const stream* const known = mine.stripe_of(hash).streams.find(name, hash);
    if (known != nullptr && n > known->n) return true;
    // The live one was evicted, and is another now.
    if (known != nullptr && n == 1) mine.erase(name, hash);
    if (known != nullptr && n != 1) return false;
  }
  join(name, now);
  return false;
}

void shadow::join(std::string_view name, moment now) {
  const std::lock_guard guard(join_lock_);
  const shared_profile profile = engine_->profile_of(name);
  if (knows(name) || !has_room(profile->grown_bytes(1), now)) return;
  std::string bytes;
  {
    stream_table& theirs = live_.streams();
    const std::uint64_t hash = theirs.hash_of(name);
    const std::lock_guard locked(theirs.stripe_of(hash).lock);
    stream* const known = theirs.stripe_of(hash).streams.find(name, hash);
    if (known == nullptr) return;
    save_stream(*known, bytes);
  }
  std::vector<state_loss> losses;
  std::unique_ptr<stream> made = restore_stream({.name = name, .bytes = bytes}, profile, losses);
  if (made == nullptr || !has_room(profile->grown_bytes(made->width()), now)) return;
  engine_->restore(std::move(made), now);
}

bool shadow::has_room(std::size_t grown, moment now) {
  const auto fits = [&] {
    return engine_->stream_count() < streams_max_ && engine_->grown_bytes() + grown <= grown_bytes_max_;
  };
  if (fits()) return true;
  engine_->forget_idle(now.steady_ms - idle_ms_, forgotten_at_once, now);
  return fits();
}

void shadow::bound(const engine_settings& watched, std::size_t grown_bytes_max) {
  streams_max_ = watched.streams_max;
  idle_ms_ = watched.idle_before_eviction.count();
  grown_bytes_max_ = grown_bytes_max;
  engine_->bound_grown_bytes(grown_bytes_max);
}

bool shadow::take(const engine_settings& live, const engine_settings& watched) {
  profile_choice of_live = choice_of(live);
  profile_choice own = choice_of(watched);
  if (of_live == live_choice_ && own == own_choice_) return false;
  live_choice_ = std::move(of_live);
  own_choice_ = std::move(own);
  engine_->watch_with(watched);
  const std::lock_guard guard(compare_lock_);
  compared_.clear();
  begun_ms_ = clock_().wall_ms;
  points_.store(0, std::memory_order_relaxed);
  return true;
}

// Of the live streams, those that are not followed.
std::uint64_t shadow::left_out(std::uint64_t followed) const {
  const std::uint64_t all = live_.stream_count();
  return all - std::min(all, followed);
}

shadow::figures shadow::now() const {
  figures found;
  found.points = points_.load(std::memory_order_relaxed);
  found.streams = engine_->stream_count();
  found.streams_left_out = left_out(found.streams);
  const std::lock_guard guard(compare_lock_);
  found.told = compared_.totals();
  return found;
}

// Under compare_lock_.
comparison_scope shadow::scope() const {
  comparison_scope made;
  made.source = "live traffic";
  made.before = "the settings in force";
  made.after = file_;
  made.points = points_.load(std::memory_order_relaxed);
  made.streams = engine_->stream_count();
  made.left_out = left_out(made.streams);
  made.stream_days = static_cast<double>(made.streams) * static_cast<double>(clock_().wall_ms - begun_ms_) / day_ms;
  return made;
}

std::string shadow::report_text() const {
  const std::lock_guard guard(compare_lock_);
  return comparison_text(compared_, scope(), rows_max);
}

std::string shadow::report_json() const {
  const std::lock_guard guard(compare_lock_);
  return comparison_json(compared_, scope());
}

}  // namespace spindrift
