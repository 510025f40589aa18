// Reads ADWIN's cuts, and remembers where the level has been.
#include "server/events/level_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr std::uint64_t waiting = 200;  // points after a cut until the level must be new
constexpr std::uint64_t frozen = 400;   // points after a cut in which the range stands still
constexpr double rest_units = 2;        // usual scatters that a new level of what the clock leaves has at least

}  // namespace

rare_finding level_watch::update(const observation& point, const spread_watch& scatter) {
  learn(point);
  if (point.seen.drift && !point.seen.baseline.warmup) take_cut(point);
  if (!has_cut() || seldom_->newest.is_settled) return std::nullopt;
  return judge_cut(point, scatter);
}

// Until it is known for a new level, or has been waited for long enough.
rare_finding level_watch::judge_cut(const observation& point, const spread_watch& scatter) {
  cut& newest = seldom_->newest;
  const standing_range* const rest = seldom_->rest.get();
  if (point.n - newest.n > waiting) {
    newest.is_settled = true;
    return std::nullopt;
  }
  const double usual = scatter.usual();
  const bool is_new = range_.is_new(newest.change, usual);
  const bool is_new_rest = !is_new && rest != nullptr && rest->is_known() && rest->is_new(newest.change, usual) &&
                           rest->is_steady() && std::abs(rest->recent()) > rest_units * usual;
  if (!is_new && !is_new_rest) return std::nullopt;
  newest.is_settled = true;
  finding found;
  found.kind = event_kind::shift;
  found.direction = direction_of(newest.change);
  found.from_n = newest.from_n;
  found.from = time_of(newest.from_n, point);
  found.points = point.n - newest.from_n + 1;
  found.value = point.value;
  found.after = recent();
  found.before = is_new_rest ? recent() - rest->recent() : newest.before;
  found.expected = *found.before;
  found.is_of_rest = is_new_rest;
  const double units = usual > 0 ? std::abs(newest.change) / usual : 1;
  found.size = std::max(units / 3, 0.1);
  found.nines = std::clamp(4 + units * std::sqrt(std::min(static_cast<double>(found.points), 100.0)) / 5, 4.0, 10.0);
  return found;
}

std::int64_t level_watch::time_of(std::uint64_t n, const observation& now) const {
  const double share = now.n > 1 ? static_cast<double>(now.n - n) / (static_cast<double>(now.n) - 1) : 0;
  return now.ts - static_cast<std::int64_t>(share * static_cast<double>(now.ts - begin_ts_));
}

void level_watch::take_cut(const observation& point) {
  const drift_cut& drift = *point.seen.drift;
  const double width = std::clamp(drift.width, 1.0, static_cast<double>(point.n));
  cut& newest = some().newest;
  newest.change = drift.mean - drift.before;
  // ADWIN has seen the values themselves, or else their steps, or what the clock leaves of them.
  newest.before = drift.of_steps || point.seen.clock ? recent() - newest.change : drift.before;
  newest.n = point.n;
  newest.from_n = point.n - static_cast<std::uint64_t>(width) + 1;
  newest.is_settled = false;
}

void level_watch::accept() {
  range_.accept();
  if (has_rest()) seldom_->rest->accept();
}

void level_watch::learn(const observation& point) {
  if (begin_ts_ == 0) begin_ts_ = point.ts;
  // A spike is no level, and one huge value would widen the range for ever.
  const double cleaned = point.is_beyond() ? point.seen.baseline.expected : point.value;
  const bool is_frozen = has_cut() && point.n - seldom_->newest.n <= frozen;
  // Then it is of no account any more.
  if (has_cut() && !is_frozen && seldom_->newest.is_settled) seldom_->newest = {};
  range_.learn(point.value, cleaned, is_frozen);
  if (!point.seen.clock) {
    if (has_rest()) seldom_->rest.reset();
    if (!has_cut()) seldom_.reset();
    return;
  }
  if (!has_rest()) some().rest = std::make_unique<standing_range>();
  const double expected = point.seen.clock->expected;
  seldom_->rest->learn(point.value - expected, cleaned - expected, is_frozen);
}

}  // namespace spindrift
