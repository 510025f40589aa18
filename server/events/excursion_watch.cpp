// Follows flagged points until they are known for a spike or a shift.
#include "server/events/excursion_watch.hpp"

#include <algorithm>
#include <cmath>

#include "server/events/tail_model.hpp"

namespace spindrift {
namespace {

constexpr std::uint32_t firm_points = 5;    // a level that stands still for so long is a level
constexpr std::uint32_t shift_points = 12;  // whatever lasts longer
constexpr std::uint32_t wild_flags = 5;     // so many flagged points, to both sides: more scatter
constexpr std::uint32_t wild_opposite = 2;
constexpr double firm_share = 0.02;  // scatter of a firm level, of its distance
constexpr double firm_units = 2.5;   // or of the usual one's: z is 5 sigma or more a unit of its own
constexpr double told_nines = 5;
constexpr double young_nines = 3;          // more at the beginning of a stream, fewer as it goes on
constexpr std::uint64_t level_known = 60;  // points of a stream before a level can be new
constexpr double young_points = 200;
constexpr double surely_back = 0.12;
constexpr double back_z = 2;
constexpr std::uint8_t neutral_max = 3;
constexpr std::uint32_t course_points = 4;  // nothing shorter waits, lest a burst be told late
constexpr double companion_nines = 1;       // each further flag adds so much improbability
constexpr double companions_max = 4;

}  // namespace

excursion_watch::answer excursion_watch::update(const observation& point, double nines) {
  const bool flagged = point.is_beyond();
  if (points_ == 0) {
    if (!flagged) return {};
    begin(point, nines);
    return judge();
  }
  if (is_back(point)) return end();
  const double distance = std::abs(point.value - before_);
  if (!flagged && distance <= 0.5 * std::abs(sum_) / points_) {
    ++neutral_;
    return {};
  }
  neutral_ = 0;
  follow(point, flagged ? nines : 0);
  return judge();
}

excursion_watch::answer excursion_watch::confirm() {
  answer result;
  if (points_ == 0 || told_ != telling::nothing) return result;
  finding found = describe(event_kind::spike);
  found.nines = std::min(found.nines + companion_nines, tail_model::nines_max);
  if (found.nines < told_nines) return result;
  told_ = telling::spike;
  result.found = found;
  return result;
}

void excursion_watch::begin(const observation& point, double nines) {
  from_n_ = last_n_ = point.n;
  from_ = last_ = point.ts;
  points_ = 1;
  opposite_ = neutral_ = 0;
  flagged_ = 1;
  told_ = telling::nothing;
  before_ = point.seen.baseline.expected;
  unit_ = point.seen.baseline.sigma;
  is_up_ = point.error() > 0;
  is_usual_ = clock_.is_usual(point.ts, is_up_);
  sum_ = point.value - before_;
  square_ = sum_ * sum_;
  value_ = point.value;
  expected_ = before_;
  size_ = std::abs(point.seen.baseline.z);
  nines_ = nines;
  // A young stream does not know its own tail.
  crowd_ = point.crowd + std::max(0.0, young_nines * (1 - static_cast<double>(point.n) / young_points));
}

// Back at what was expected, for sure: a new level with a wide scatter comes near the old one, too, and once the
// baseline is on its way to it, nearness to the baseline means nothing. What lasted for some points is not back with
// one.
bool excursion_watch::is_back(const observation& point) const {
  if (point.is_beyond()) return false;
  const double distance = is_up_ ? point.value - before_ : before_ - point.value;
  const double usual = std::abs(sum_) / points_;
  if (distance > 0.5 * usual) return false;
  if (neutral_ >= neutral_max) return true;
  if (points_ >= course_points && neutral_ == 0) return false;
  const bool stayed = std::abs(point.seen.baseline.expected - before_) <= 0.5 * usual;
  return distance < surely_back * usual || (stayed && std::abs(point.seen.baseline.z) < back_z);
}

void excursion_watch::follow(const observation& point, double nines) {
  last_n_ = point.n;
  last_ = point.ts;
  ++points_;
  if (point.is_beyond()) ++flagged_;
  const double distance = point.value - before_;
  if ((distance > 0) != is_up_) ++opposite_;
  sum_ += distance;
  square_ += distance * distance;
  nines_ = std::max(nines_, nines);
  if (std::abs(distance) <= std::abs(value_ - before_)) return;
  value_ = point.value;
  expected_ = point.is_beyond() ? point.seen.baseline.expected : before_;
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
  found.nines = std::min(nines_ - crowd_ + companion_nines * std::min<double>(flagged_ - 1, companions_max),
                         tail_model::nines_max);
  if (kind == event_kind::shift) {
    found.before = before_;
    found.after = before_ + sum_ / points_;
  }
  if (kind == event_kind::spread) {
    found.direction = event_direction::up;
    found.before = unit_;
    found.after = std::sqrt(square_ / points_);
  }
  return found;
}

excursion_watch::answer excursion_watch::judge() {
  answer result;
  const bool is_wild = flagged_ >= wild_flags && opposite_ >= wild_opposite && opposite_ + wild_opposite <= points_;
  if (told_ == telling::nothing && is_wild && last_n_ >= level_known) {
    finding found = describe(event_kind::spread);
    if (found.nines < told_nines || is_usual_) return result;
    told_ = telling::spread;
    result.found = found;
    return result;
  }
  const bool lasts = points_ >= shift_points || (points_ >= firm_points && stands_firm());
  if (told_ < telling::shift && lasts && last_n_ < level_known) {
    told_ = telling::shift;  // but nobody can know yet that this level is a new one
    return result;
  }
  if (told_ < telling::shift && lasts) {
    finding found = describe(event_kind::shift);
    if (found.nines < told_nines || is_usual_) return result;
    clock_.learn(from_, is_up_);
    const double height = std::abs(value_ - before_);
    const bool is_news = habit_.is_level_news(height, last_n_);
    habit_.learn_level(height, last_n_);
    if (!is_news && told_ == telling::nothing) {
      points_ = 0;
      result.usual = true;
      return result;
    }
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
  finding found = describe(told_ == telling::shift    ? event_kind::shift
                           : told_ == telling::spread ? event_kind::spread
                                                      : event_kind::spike);
  points_ = 0;
  result.usual = is_usual_;
  found.to_n = last_n_;
  found.to = last_;
  const double height = std::abs(value_ - before_);
  if (told_ != telling::nothing) {
    result.over = found;
  } else if (found.nines >= told_nines && !is_usual_ && habit_.is_news(value_, height, last_n_)) {
    result.found = found;
  } else {
    result.untold = size_;
  }
  // A shift has been learned when it was told.
  if (told_ < telling::shift && found.nines >= told_nines) clock_.learn(from_, is_up_);
  if (told_ < telling::shift) habit_.learn(value_, height, last_n_);
  return result;
}

}  // namespace spindrift
