// The event alarm's score, corroborated.
#include "server/events/pattern_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double high_score = 1.7;
constexpr double moderate_score = 1.27;
constexpr double odd_nines = 3.3;
constexpr std::uint64_t points_min = 250;  // a young stream's score is its own surprise
constexpr std::uint64_t odd_before = 8;    // points
constexpr std::uint64_t cut_before = 40;
constexpr std::uint64_t together = 10;
constexpr std::uint64_t hold_back = 12;

}  // namespace

std::optional<finding> pattern_watch::update(const observation& point, double nines, bool busy) {
  const double z = std::abs(point.seen.baseline.z);
  // Ten times fewer quiet points show a score that is higher by 0.6.
  const double crowd = 0.6 * point.crowd;
  const double score = point.seen.score.value_or(0);
  if (nines >= odd_nines + point.crowd) odd_n_ = point.n;
  if (point.seen.drift) cut_n_ = point.n;
  if (score >= moderate_score + crowd) score_n_ = point.n;
  if (point.n < points_min || score_n_ == 0) return std::nullopt;
  if (pending_n_ == 0) {
    const bool scored = point.n - score_n_ <= together;
    const bool odd = odd_n_ > 0 && point.n - odd_n_ <= odd_before;
    const bool cut = cut_n_ > 0 && point.n - cut_n_ <= cut_before;
    if (score < high_score + crowd && !(scored && (odd || cut))) return std::nullopt;
    pending_n_ = point.n;
    pending_ = point.ts;
    size_ = -1;
    score_ = score;
  }
  score_ = std::max(score_, score);
  if (z > size_) {
    size_ = z;
    value_ = point.value;
    expected_ = point.seen.baseline.expected;
  }
  if (busy || point.n - pending_n_ < hold_back) return std::nullopt;
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
  pending_n_ = 0;
  score_n_ = 0;
  return found;
}

}  // namespace spindrift
