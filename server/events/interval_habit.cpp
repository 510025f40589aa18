// The usual interval of a stream, and which gaps it is used to.
#include "server/events/interval_habit.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace spindrift {
namespace {

constexpr double ratio_min = 10;         // usual intervals that a hole has at least
constexpr double share_max = 1.0 / 300;  // of gaps as long, or it is a habit
constexpr std::uint8_t grace = 3;
constexpr double young_factor = 8;
// Points of different times after which a stream can be missed: far fewer than it takes to call one of its gaps a hole.
constexpr std::uint32_t heard_min = 5;
constexpr std::uint32_t interval_points_max = 65'000;
// Of the usual interval: a gap between the two is it, and moves nothing.
constexpr double nearly_less = 0.9999;
constexpr double nearly_more = 1.0001;

}  // namespace

interval_habit::answer interval_habit::update(std::int64_t ts) {
  answer result;
  result.newest = newest_;
  if (points_ == 0) {
    newest_ = ts;
    points_ = 1;
    return result;
  }
  if (fresh_ > 0) --fresh_;
  if (ts <= newest_) {
    result.late = ts < newest_;
    result.repeat = ts == newest_;
    return result;
  }
  // Unsigned: two times may be further apart than an int64 can say.
  const std::uint64_t distance = static_cast<std::uint64_t>(ts) - static_cast<std::uint64_t>(newest_);
  const double gap = static_cast<double>(distance);
  result.gap_ms = static_cast<std::int64_t>(std::min<std::uint64_t>(distance, INT64_MAX));
  newest_ = ts;
  if (points_ > 1 && gap >= usual_ * nearly_less && gap <= usual_ * nearly_more) {
    count_point();
    return result;
  }
  const double ratio = usual_ > 0 ? gap / usual_ : 1;
  if (points_ >= points_min && ratio >= ratio_min && gap >= silence_min_ms) {
    const double share = rarity(ratio);
    result.hole = share < share_max;
    result.nines = -std::log10(share);
    if (result.hole) fresh_ = grace;
  }
  learn(gap, ratio);
  return result;
}

void interval_habit::skip_to(std::int64_t ts) {
  const auto usual = static_cast<std::int64_t>(std::min(usual_, 1e15));
  if (points_ > 0 && ts > newest_ && ts > std::numeric_limits<std::int64_t>::min() + usual) {
    newest_ = std::max(newest_, ts - usual);
  }
}

// The share of gaps at least as long, itself counted by half.
double interval_habit::rarity(double ratio) const {
  double longer = 0.5;
  for (std::size_t i = 0; i < octaves_held_; ++i) {
    // Where gaps scatter, the next one may be a few times as long as those before.
    if (std::ldexp(1.0, static_cast<int>(i) + 3) > ratio / 4) longer += gaps_[i];
  }
  return longer / (static_cast<double>(points_) + 1);
}

void interval_habit::count_point() {
  if (points_ < interval_points_max) ++points_;
}

void interval_habit::learn(double gap, double ratio) {
  count_point();
  if (points_ == 2) {
    usual_ = gap;
    return;
  }
  // The median, followed in steps of its own size: large while young.
  const double step = std::max(0.01, 1.0 / points_);
  if (gap > usual_ * nearly_more) usual_ *= 1 + step * std::min(1.0, ratio - 1);
  if (gap < usual_ * nearly_less) usual_ *= 1 - 0.5 * step * std::min(1.0, 2 * (1 - ratio));
  if (ratio < 4) return;
  const auto octave = std::min(static_cast<std::size_t>(std::min(std::log2(ratio), 17.0)) - 2, octaves - 1);
  hold(octave + 1);
  if (++gaps_[octave] < 60'000 && points_ < interval_points_max) return;
  for (std::size_t i = 0; i < octaves_held_; ++i) gaps_[i] = static_cast<std::uint16_t>(gaps_[i] / 2);
  points_ /= 2;
}

// So many at least.
void interval_habit::hold(std::size_t octaves_wanted) {
  if (octaves_wanted <= octaves_held_) return;
  const std::size_t held = octaves_wanted <= octaves_step ? octaves_step : octaves;
  auto more = std::make_unique<std::uint16_t[]>(held);
  std::copy_n(gaps_.get(), octaves_held_, more.get());
  gaps_ = std::move(more);
  octaves_held_ = static_cast<std::uint8_t>(held);
}

void interval_habit::take_over(const octave_counts& gaps) {
  gaps_ = nullptr;
  octaves_held_ = 0;
  for (std::size_t i = octaves; i-- > 0;) {
    if (gaps[i] > 0) hold(i + 1);
  }
  std::copy_n(gaps.begin(), octaves_held_, gaps_.get());
}

// A gap that this stream has shown no habit of.
double interval_habit::unheard_of_ms() const {
  const double unheard_of = 0.5 / (static_cast<double>(points_) + 1);
  double ratio = ratio_min;
  while (ratio < 1e9 && rarity(ratio) >= share_max && rarity(ratio) > unheard_of) ratio *= 2;
  // A young stream cannot know how long it may be away: far longer than it ever was.
  if (unheard_of >= share_max) ratio *= young_factor;
  return std::min(ratio * usual_, 9e18);
}

std::int64_t interval_habit::silent_after() const {
  if (points_ < heard_min || usual_ <= 0) return never;
  return std::max(silence_min_ms, static_cast<std::int64_t>(unheard_of_ms()));
}

std::int64_t interval_habit::unreadable_after() const {
  if (points_ < heard_min || usual_ <= 0) return never;
  return std::max(unreadable_min_ms, static_cast<std::int64_t>(unheard_of_ms()));
}

}  // namespace spindrift
