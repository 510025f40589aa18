// Counts votes that come close together, and how rare as many are.
#include "server/events/vote_watch.hpp"

#include <algorithm>
#include <cmath>

#include "server/events/tail_model.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t apart = 8;
constexpr double told_nines = 5;
constexpr double young_points = 500;  // before which nobody knows how often votes come,
constexpr double young_nines = 3;     // and so much more is asked for
constexpr double remembered = 8'192;  // points, when the counts are halved
constexpr double most_often = 0.95;
constexpr std::uint32_t accept_votes = 200;

}  // namespace

vote_watch::vote_watch(std::uint64_t quiet_points) : points_(std::min(static_cast<double>(quiet_points), remembered)) {}

vote_watch::answer vote_watch::update(std::uint64_t n, std::int64_t ts, double value, const reading& seen,
                                      std::uint8_t voters) {
  answer result;
  ++points_;
  if (votes_ > 0 && n - last_n_ > apart) {
    result.over = is_told_;
    if (!is_told_) learn();
    votes_ = 0;
  }
  if (voters == 0) return result;
  if (votes_ == 0) begin(n, ts);
  ++votes_;
  last_n_ = n;
  voters_ |= voters;
  take_strangest(value, seen);
  if (is_told_) {
    result.goes_on = true;
    if (votes_ < accept_votes) return result;
    result.over = result.accepted = true;
    learn();
    votes_ = 0;
    return result;
  }
  if (nines() < told_nines) return result;
  is_told_ = true;
  result.found = describe(n);
  return result;
}

void vote_watch::begin(std::uint64_t n, std::int64_t ts) {
  from_n_ = n;
  from_ = ts;
  voters_ = 0;
  size_ = -1;
  is_told_ = false;
}

void vote_watch::take_strangest(double value, const reading& seen) {
  const double size = std::abs(seen.baseline.z);
  if (size <= size_) return;
  size_ = size;
  value_ = value;
  expected_ = seen.baseline.expected;
  feature_ = static_cast<std::uint32_t>(seen.feature);
}

// Young streams ask for more, and the counts begin as if a hundred points had had a run of two.
double vote_watch::nines() const {
  const double begins = (runs_ + 1) / (points_ + 100);
  const double goes_on = std::min((further_ + 1) / (further_ + runs_ + 3), most_often);
  const double young = std::max(0.0, young_nines * (1 - points_ / young_points));
  const double found = -std::log10(begins) - (votes_ - 1) * std::log10(goes_on) - young;
  return std::min(found, tail_model::nines_max);
}

finding vote_watch::describe(std::uint64_t n) const {
  finding found;
  found.kind = event_kind::pattern;
  found.direction = direction_of(value_ - expected_);
  found.feature = feature_;
  found.from_n = from_n_;
  found.from = from_;
  found.points = n - from_n_ + 1;
  found.value = value_;
  found.expected = expected_;
  found.nines = nines();
  found.size = std::max(size_ / 5, 1.0);
  found.votes = {voters_, votes_};
  return found;
}

void vote_watch::learn() {
  ++runs_;
  further_ += votes_ - 1;
  if (points_ < remembered) return;
  points_ /= 2;
  runs_ /= 2;
  further_ /= 2;
}

}  // namespace spindrift
