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
constexpr double near_nines = 4;           // of flagged points; enough of coarse values, with the score beside it
constexpr std::uint64_t points_min = 250;  // a young stream's score is its own surprise
constexpr std::uint64_t odd_before = 8;    // points

constexpr double missing_nines = 6;
constexpr std::uint64_t together = 10;
constexpr double plain_z = 3.5;
constexpr double barely = 0.1;
constexpr double clock_allowed = 2;  // |z| against the clock that a point may have; what is more adds up,
constexpr double clock_most = 7;     // one point's share of it bounded,
constexpr double clock_sum_told = 19;
constexpr double clock_sum_max = 100;
constexpr double clock_far = 4;          // and a point so far to the other side begins anew
constexpr std::uint64_t hold_back = 16;  // until another watch has had its say;
constexpr std::uint64_t hold_back_short = 4;
constexpr std::uint64_t hold_back_long = 24;  // of a change that is in no single point ADWIN may have

// Ten times fewer quiet points show a score that is higher by 0.6.
double crowd_of(const observation& point) {
  return 0.6 * point.crowd;
}

}  // namespace

// Of a beat that is missing and of what the clock finds it says so itself.
rare_finding pattern_watch::take_note(const observation& point, double nines) {
  const bool odd_by_clock = point.seen.clock && std::abs(point.seen.clock->z) >= odd_clock;
  if (nines >= odd_nines + point.crowd || odd_by_clock) odd_n_ = low_bits(point.n);
  if (point.seen.score.value_or(0) >= moderate_score + crowd_of(point)) score_n_ = low_bits(point.n);
  if (point.seen.beat_missing) return describe_missing(point);
  if (point.seen.clock && !point.after_hole) {
    if (auto missed = follow_clock(point)) return missed;
  } else if (course_) {
    course_->by_clock.sum = 0;
  }
  return std::nullopt;
}

// A score that is high, or was moderate about a point that was odd.
bool pattern_watch::begins(const observation& point) const {
  if (point.n < points_min || score_n_ == 0) return false;
  const bool scored = low_bits(point.n - score_n_) <= together;
  const bool odd = odd_n_ > 0 && low_bits(point.n - odd_n_) <= odd_before;
  return point.seen.score.value_or(0) >= high_score + crowd_of(point) || (scored && odd);
}

rare_finding pattern_watch::follow_score(const observation& point, const neighbours& others) {
  const double z = std::abs(point.seen.baseline.z);
  const double score = point.seen.score.value_or(0);
  if (!is_pending()) some().pending = held{.from_n = point.n, .from = point.ts, .score = score};
  held& now = course_->pending;
  now.score = std::max(now.score, score);
  if (z > now.size) {
    now.size = z;
    now.value = point.value;
    now.expected = point.seen.baseline.expected;
  }
  const bool has_name = others.is_coarse || !others.may_be_level;
  if (others.untold != nullptr && !others.busy && has_name && others.untold->nines >= near_nines) {
    finding found = *others.untold;
    found.nines = std::max(found.nines, describe(point, now).nines);
    drop_pending();
    score_n_ = 0;
    return found;
  }
  now.is_untold = now.is_untold || others.untold != nullptr;
  // The watch that would have named them has let them go.
  const std::uint64_t hold = now.is_untold         ? hold_back_short
                             : others.may_be_level ? hold_back_long
                             : now.size >= plain_z ? hold_back
                                                   : hold_back_short;
  if (others.busy || point.n - now.from_n < hold) return std::nullopt;
  const held over = now;
  drop_pending();
  score_n_ = 0;
  // Of a course that stands at what is expected there is nothing to tell.
  if (over.size < barely) return std::nullopt;
  return describe(point, over);
}

pattern_watch::course& pattern_watch::some() {
  if (!course_) course_ = std::make_unique<course>();
  return *course_;
}

void pattern_watch::drop_pending() {
  if (!course_) return;
  course_->pending = held{};
  if (course_->by_clock.from_n == 0) course_.reset();
}

finding pattern_watch::describe(const observation& point, const held& over) {
  finding found;
  found.kind = event_kind::pattern;
  found.direction = direction_of(over.value - over.expected);
  found.from_n = over.from_n;
  found.from = over.from;
  found.points = point.n - over.from_n + 1;
  found.value = over.value;
  found.expected = over.expected;
  // The score is a mean of four surprises that seldom come together.
  found.nines = 2.5 + 2 * over.score;
  found.size = std::max(over.size / 5, 1.0);
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
rare_finding pattern_watch::follow_clock(const observation& point) {
  stretch& now = some().by_clock;
  const double z = point.seen.clock->z;
  const double size = std::abs(z);
  const bool is_up = z > 0;
  if (is_up != now.is_up && size >= clock_far) {
    now.sum = 0;
    now.is_up = is_up;
  }
  if (now.sum <= 0) {
    now.from_n = point.n;
    now.from = point.ts;
  }
  const double before = now.sum;
  const double step = is_up == now.is_up ? std::min(size, clock_most) : -std::min(size, clock_far);
  now.sum = std::clamp(before + step - clock_allowed, 0.0, clock_sum_max);
  if (before >= clock_sum_told || now.sum < clock_sum_told) return std::nullopt;
  finding found;
  found.kind = event_kind::pattern;
  found.direction = now.is_up ? event_direction::up : event_direction::down;
  found.from_n = now.from_n;
  found.from = now.from;
  found.points = point.n - now.from_n + 1;
  found.value = point.value;
  found.expected = point.seen.clock->expected;
  found.nines = std::min(2.5 + size, 10.0);
  found.size = std::max(size / 5, 1.0);
  return found;
}

}  // namespace spindrift
