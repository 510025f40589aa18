// Follows flagged points until they are known for a spike or a shift.
#include "server/events/excursion_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr std::uint32_t firm_points = 5;    // a level that stands still for so long is a level
constexpr std::uint32_t shift_points = 12;  // whatever lasts longer
constexpr double firm_share = 0.25;         // scatter of a firm level, of its distance
constexpr double firm_units = 0.5;          // or of the usual one's: z is 5 sigma or more a unit of its own
constexpr double told_nines = 4.3;
constexpr double companion_nines = 0.4;  // each further point adds so much improbability
constexpr double companions_max = 4;

}  // namespace

excursion_watch::answer excursion_watch::update(const observation& point, const tail_model& tail) {
  const bool flagged = point.seen.zscore_flagged;
  if (points_ == 0) {
    if (!flagged) return {};
    begin(point, tail.nines(std::abs(point.seen.baseline.z)));
    return judge();
  }
  if (!belongs(point)) return end();
  follow(point, flagged ? tail.nines(std::abs(point.seen.baseline.z)) : 0);
  return judge();
}

void excursion_watch::begin(const observation& point, double nines) {
  from_n_ = last_n_ = point.n;
  from_ = last_ = point.ts;
  points_ = 1;
  opposite_ = 0;
  told_ = telling::nothing;
  before_ = point.seen.baseline.expected;
  unit_ = point.seen.baseline.sigma;
  is_up_ = point.error() > 0;
  sum_ = point.value - before_;
  square_ = sum_ * sum_;
  value_ = point.value;
  expected_ = before_;
  size_ = std::abs(point.seen.baseline.z);
  nines_ = nines;
}

// Still out: flagged, or nearer to where the excursion has been than to where it came from.
bool excursion_watch::belongs(const observation& point) const {
  const double distance = is_up_ ? point.value - before_ : before_ - point.value;
  const double usual = std::abs(sum_) / points_;
  if (point.seen.zscore_flagged) return std::abs(point.value - before_) > 0.3 * usual;
  return distance > 0.5 * usual;
}

void excursion_watch::follow(const observation& point, double nines) {
  last_n_ = point.n;
  last_ = point.ts;
  ++points_;
  const double distance = point.value - before_;
  if ((distance > 0) != is_up_) ++opposite_;
  sum_ += distance;
  square_ += distance * distance;
  nines_ = std::max(nines_, nines);
  if (std::abs(distance) <= std::abs(value_ - before_)) return;
  value_ = point.value;
  expected_ = point.seen.zscore_flagged ? point.seen.baseline.expected : before_;
  size_ = std::max(size_, std::abs(point.seen.baseline.z));
}

bool excursion_watch::stands_firm() const {
  const double mean = sum_ / points_;
  const double scatter = std::sqrt(std::max(square_ / points_ - mean * mean, 0.0));
  return opposite_ == 0 && scatter <= std::max(firm_share * std::abs(mean), firm_units * unit_);
}

finding excursion_watch::describe(event_kind kind) const {
  finding found;
  found.kind = kind;
  found.direction = is_up_ ? event_direction::up : event_direction::down;
  found.from_n = from_n_;
  found.from = from_;
  found.points = points_;
  found.value = value_;
  found.expected = expected_;
  found.size = size_;
  found.nines =
      std::min(nines_ + companion_nines * std::min<double>(points_ - 1, companions_max), tail_model::nines_max);
  if (kind == event_kind::shift) {
    found.before = before_;
    found.after = before_ + sum_ / points_;
  }
  return found;
}

excursion_watch::answer excursion_watch::judge() {
  answer result;
  const bool lasts = points_ >= shift_points || (points_ >= firm_points && stands_firm());
  if (told_ != telling::shift && lasts) {
    finding found = describe(event_kind::shift);
    if (found.nines < told_nines) return result;
    result.found = found;
    result.is_correction = told_ == telling::spike;
    told_ = telling::shift;
    return result;
  }
  if (told_ == telling::nothing && points_ == 1 && habit_.is_code(value_) &&
      describe(event_kind::spike).nines >= told_nines) {
    result.found = describe(event_kind::spike);
    result.found->stands_alone = true;
    told_ = telling::spike;
  }
  return result;
}

excursion_watch::answer excursion_watch::end() {
  answer result;
  finding found = describe(told_ == telling::shift ? event_kind::shift : event_kind::spike);
  points_ = 0;
  found.to_n = last_n_;
  found.to = last_;
  const double height = std::abs(value_ - before_);
  if (told_ != telling::nothing) {
    result.over = found;
  } else if (found.nines >= told_nines && habit_.is_news(value_, height, last_n_)) {
    result.found = found;
  }
  if (told_ != telling::shift && found.nines >= told_nines) habit_.learn(value_, height, last_n_);
  return result;
}

}  // namespace spindrift
