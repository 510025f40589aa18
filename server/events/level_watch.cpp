// Reads ADWIN's cuts, and remembers where the level has been.
#include "server/events/level_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {
namespace {

constexpr double recent_rate = 1.0 / 24;
constexpr double move_rate = 1.0 / 32;
constexpr double fading = 1.0 / 400;        // of the range, a block
constexpr std::uint32_t blocks_known = 12;  // blocks after which the range says something
constexpr double beyond_moves = 1;
constexpr double one_way = 0.7;         // of the moves, where the level has a slope
constexpr double young_units = 1.5;     // usual scatters that a change has at least while it does not
constexpr std::uint64_t waiting = 200;  // points after a cut until the level must be new
constexpr std::uint64_t frozen = 400;   // points after a cut in which the range stands still

}  // namespace

std::optional<finding> level_watch::update(const observation& point, const spread_watch& scatter) {
  learn(point);
  if (point.seen.drift && !point.seen.baseline.warmup) take_cut(point);
  if (cut_n_ == 0 || is_settled_) return std::nullopt;
  if (point.n - cut_n_ > waiting) {
    is_settled_ = true;
    return std::nullopt;
  }
  const double usual = scatter.usual();
  if (!is_new_level(usual)) return std::nullopt;
  is_settled_ = true;
  finding found;
  found.kind = event_kind::shift;
  found.direction = direction_of(change_);
  found.from_n = from_n_;
  // Times of single points are not kept: the stretch's share of the stream's life, as if points came evenly.
  const double length = static_cast<double>(point.n - from_n_);
  const double share = point.n > 1 ? length / (static_cast<double>(point.n) - 1) : 0;
  found.from = point.ts - static_cast<std::int64_t>(share * static_cast<double>(point.ts - begin_ts_));
  found.points = point.n - from_n_ + 1;
  found.value = point.value;
  found.before = before_;
  found.after = recent_;
  found.expected = *found.before;
  const double units = usual > 0 ? std::abs(change_) / usual : 1;
  found.size = std::max(units / 3, 0.1);
  found.nines = std::clamp(4 + units * std::sqrt(std::min(length + 1, 100.0)) / 5, 4.0, 10.0);
  return found;
}

void level_watch::take_cut(const observation& point) {
  const drift_cut& cut = *point.seen.drift;
  const double width = std::clamp(cut.width, 1.0, static_cast<double>(point.n));
  change_ = cut.mean - cut.before;
  // ADWIN has seen the values themselves, or else their steps, or what the clock leaves of them.
  before_ = cut.of_steps || point.seen.clock ? recent_ - change_ : cut.before;
  cut_n_ = point.n;
  from_n_ = point.n - static_cast<std::uint64_t>(width) + 1;
  is_settled_ = false;
}

bool level_watch::is_new_level(double usual) const {
  if (blocks_ < blocks_known + lag) {
    const double middle = (lowest_ + highest_) / 2;
    return blocks_ > lag && (recent_ > middle) == (change_ > 0) &&
           std::abs(recent_ - middle) > young_units * usual + (highest_ - lowest_) / 2;
  }
  // Where the level has always gone it goes on to.
  const double further = std::abs(slope_) > one_way * move_ && (slope_ > 0) == (change_ > 0) ? (lag + 1) * slope_ : 0;
  return change_ > 0 ? recent_ > highest_ + further + beyond_moves * move_
                     : recent_ < lowest_ + further - beyond_moves * move_;
}

bool level_watch::is_beyond() const {
  return recent_ > highest_ || recent_ < lowest_;
}

void level_watch::accept() {
  lowest_ = std::min(lowest_, recent_);
  highest_ = std::max(highest_, recent_);
}

void level_watch::learn(const observation& point) {
  if (blocks_ == 0 && in_block_ == 0) {
    begin_ts_ = point.ts;
    recent_ = point.value;
  }
  // A spike is no level, and one huge value would widen the range for ever.
  const double value = point.is_beyond() ? point.seen.baseline.expected : point.value;
  recent_ += recent_rate * (point.value - recent_);
  sum_ += value;
  if (++in_block_ < block) return;
  const double mean = sum_ / block;
  sum_ = 0;
  in_block_ = 0;
  const double leaving = waiting_[blocks_ % lag];
  if (blocks_ > 0) {
    const double way = mean - waiting_[(blocks_ - 1) % lag];
    // One great step is an event, not how the level moves.
    const double step = blocks_ > 8 ? std::min(std::abs(way), 4 * move_) : std::abs(way);
    const double rate = std::max(move_rate, 1.0 / blocks_);
    slope_ += rate * (std::copysign(step, way) - slope_);
    move_ += rate * (step - move_);
  }
  if (blocks_ == lag) lowest_ = highest_ = leaving;
  if (blocks_ > lag && (cut_n_ == 0 || point.n - cut_n_ > frozen)) {
    lowest_ = std::min(lowest_ + fading * (leaving - lowest_), leaving);
    highest_ = std::max(highest_ - fading * (highest_ - leaving), leaving);
  }
  waiting_[blocks_ % lag] = mean;
  if (blocks_ < std::numeric_limits<std::uint32_t>::max() - lag) ++blocks_;
}

}  // namespace spindrift
