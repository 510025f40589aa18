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
  if (!cut_ || cut_->is_settled) return std::nullopt;
  return judge_cut(point, scatter);
}

// Until it is known for a new level, or has been waited for long enough.
rare_finding level_watch::judge_cut(const observation& point, const spread_watch& scatter) {
  if (point.n - cut_->n > waiting) {
    cut_->is_settled = true;
    return std::nullopt;
  }
  const double usual = scatter.usual();
  const bool is_new = range_.is_new(cut_->change, usual);
  const bool is_new_rest = !is_new && rest_ && rest_->is_known() && rest_->is_new(cut_->change, usual) &&
                           rest_->is_steady() && std::abs(rest_->recent()) > rest_units * usual;
  if (!is_new && !is_new_rest) return std::nullopt;
  cut_->is_settled = true;
  finding found;
  found.kind = event_kind::shift;
  found.direction = direction_of(cut_->change);
  found.from_n = cut_->from_n;
  found.from = time_of(cut_->from_n, point);
  found.points = point.n - cut_->from_n + 1;
  found.value = point.value;
  found.after = recent();
  found.before = is_new_rest ? recent() - rest_->recent() : cut_->before;
  found.expected = *found.before;
  found.is_of_rest = is_new_rest;
  const double units = usual > 0 ? std::abs(cut_->change) / usual : 1;
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
  if (!cut_) cut_ = std::make_unique<cut>();
  cut_->change = drift.mean - drift.before;
  // ADWIN has seen the values themselves, or else their steps, or what the clock leaves of them.
  cut_->before = drift.of_steps || point.seen.clock ? recent() - cut_->change : drift.before;
  cut_->n = point.n;
  cut_->from_n = point.n - static_cast<std::uint64_t>(width) + 1;
  cut_->is_settled = false;
}

void level_watch::accept() {
  range_.accept();
  if (rest_) rest_->accept();
}

void level_watch::learn(const observation& point) {
  if (begin_ts_ == 0) begin_ts_ = point.ts;
  // A spike is no level, and one huge value would widen the range for ever.
  const double cleaned = point.is_beyond() ? point.seen.baseline.expected : point.value;
  const bool is_frozen = cut_ && point.n - cut_->n <= frozen;
  range_.learn(point.value, cleaned, is_frozen);
  if (!point.seen.clock) return rest_.reset();
  if (!rest_) rest_ = std::make_unique<level_range>();
  const double expected = point.seen.clock->expected;
  rest_->learn(point.value - expected, cleaned - expected, is_frozen);
}

}  // namespace spindrift
