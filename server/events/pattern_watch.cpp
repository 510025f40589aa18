// The event alarm's score, corroborated.
#include "server/events/pattern_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double high_score = 1.75;
constexpr double moderate_score = 1.35;
constexpr double odd_nines = 3.7;
constexpr double odd_clock = 4.5;          // |z| against what the clock lets expect
constexpr std::uint64_t points_min = 250;  // a young stream's score is its own surprise
constexpr std::uint64_t odd_before = 8;    // points

constexpr double missing_nines = 6;
constexpr std::uint64_t together = 10;
constexpr double plain_z = 3.5;
constexpr double clock_allowed = 2;  // |z| against the clock that a point may have; what is more adds up,
constexpr double clock_most = 7;     // one point's share of it bounded,
constexpr double clock_sum_told = 19;
constexpr double clock_sum_max = 100;
constexpr double clock_far = 4;          // and a point so far to the other side begins anew
constexpr std::uint64_t hold_back = 16;  // until another watch has had its say;
constexpr std::uint64_t hold_back_short = 4;
constexpr std::uint64_t hold_back_long = 24;  // of a change that is in no single point ADWIN may have

}  // namespace

std::optional<finding> pattern_watch::update(const observation& point, double nines, bool busy, bool may_be_level,
                                             bool untold) {
  const double z = std::abs(point.seen.baseline.z);
  // Ten times fewer quiet points show a score that is higher by 0.6.
  const double crowd = 0.6 * point.crowd;
  const double score = point.seen.score.value_or(0);
  const bool odd_by_clock = point.seen.clock && std::abs(point.seen.clock->z) >= odd_clock;
  if (nines >= odd_nines + point.crowd || odd_by_clock) odd_n_ = point.n;
  if (score >= moderate_score + crowd) score_n_ = point.n;
  if (point.seen.beat_missing) return describe_missing(point);
  if (auto missed = follow_clock(point)) return missed;
  if (point.n < points_min || score_n_ == 0) return std::nullopt;
  if (pending_n_ == 0) {
    const bool scored = point.n - score_n_ <= together;
    const bool odd = odd_n_ > 0 && point.n - odd_n_ <= odd_before;
    if (score < high_score + crowd && !(scored && odd)) return std::nullopt;
    pending_n_ = point.n;
    pending_ = point.ts;
    size_ = -1;
    is_untold_ = false;
    score_ = score;
  }
  score_ = std::max(score_, score);
  if (z > size_) {
    size_ = z;
    value_ = point.value;
    expected_ = point.seen.baseline.expected;
  }
  is_untold_ = is_untold_ || untold;
  // The watch that would have named them has let them go.
  const std::uint64_t hold = is_untold_         ? hold_back_short
                             : may_be_level     ? hold_back_long
                             : size_ >= plain_z ? hold_back
                                                : hold_back_short;
  if (busy || point.n - pending_n_ < hold) return std::nullopt;
  finding found = describe(point);
  pending_n_ = 0;
  score_n_ = 0;
  return found;
}

finding pattern_watch::describe(const observation& point) const {
  finding found;
  found.kind = event_kind::pattern;
  found.direction = direction_of(value_ - expected_);
  found.from_n = pending_n_;
  found.from = pending_;
  found.points = point.n - pending_n_ + 1;
  found.value = value_;
  found.expected = expected_;
  // The score is a mean of four surprises that seldom come together.
  found.nines = 2.5 + 2 * score_;
  found.size = std::max(size_ / 5, 1.0);
  return found;
}

finding pattern_watch::describe_missing(const observation& point) {
  finding found;
  found.kind = event_kind::pattern;
  found.from_n = point.n;
  found.from = point.ts;
  found.value = point.value;
  found.expected = point.seen.baseline.expected;
  found.nines = missing_nines;
  found.size = 1;
  return found;
}

// Page's cumulative sum of how far the points are from what the clock lets expect, more than they may be, to one side.
std::optional<finding> pattern_watch::follow_clock(const observation& point) {
  if (!point.seen.clock || point.after_hole) {
    clock_sum_ = 0;
    return std::nullopt;
  }
  const double z = point.seen.clock->z;
  const double size = std::abs(z);
  const bool is_up = z > 0;
  if (is_up != clock_up_ && size >= clock_far) {
    clock_sum_ = 0;
    clock_up_ = is_up;
  }
  if (clock_sum_ <= 0) {
    clock_n_ = point.n;
    clock_ts_ = point.ts;
  }
  const double before = clock_sum_;
  const double step = is_up == clock_up_ ? std::min(size, clock_most) : -std::min(size, clock_far);
  clock_sum_ = std::clamp(before + step - clock_allowed, 0.0, clock_sum_max);
  if (before >= clock_sum_told || clock_sum_ < clock_sum_told) return std::nullopt;
  finding found;
  found.kind = event_kind::pattern;
  found.direction = clock_up_ ? event_direction::up : event_direction::down;
  found.from_n = clock_n_;
  found.from = clock_ts_;
  found.points = point.n - clock_n_ + 1;
  found.value = point.value;
  found.expected = point.seen.clock->expected;
  found.nines = std::min(2.5 + size, 10.0);
  found.size = std::max(size / 5, 1.0);
  return found;
}

}  // namespace spindrift
