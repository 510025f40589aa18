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
constexpr double scattered = 4;          // squares of the mean's own error
constexpr double firm_share = 0.02;      // scatter of a firm level, of its distance
constexpr double firm_units = 2.5;       // or of the usual one's: z is 5 sigma or more a unit of its own
constexpr std::uint32_t far_points = 8;  // what is so far off
constexpr double far_units = 12;         // may have a scatter
constexpr double far_share = 0.25;       // of its own, of its distance
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

// Where something is out, or this point is.
excursion_watch::answer excursion_watch::follow(const observation& point, double nines) {
  const bool flagged = point.is_beyond();
  if (!out_) {
    begin(point, nines);
    return judge(point);
  }
  if (out_->is_back(point)) return end();
  const double distance = std::abs(point.value - out_->before);
  if (!flagged && distance <= 0.5 * std::abs(out_->sum) / out_->points) {
    ++out_->neutral;
    return {};
  }
  out_->neutral = 0;
  out_->follow(point, flagged ? nines : 0);
  return judge(point);
}

excursion_watch::answer excursion_watch::confirm() {
  answer result;
  if (!out_ || out_->told != telling::nothing) return result;
  finding found = out_->describe(event_kind::spike);
  found.nines = std::min(found.nines + companion_nines, tail_model::nines_max);
  if (found.nines < told_nines) return result;
  out_->told = telling::spike;
  result.found = found;
  return result;
}

void excursion_watch::accept(double before, double after) {
  if (known_) known_->spikes.accept_level(before, after);
}

void excursion_watch::habits::learn_time(std::int64_t ts, bool is_up) {
  if (!times) times = std::make_unique<clock_habit>();
  times->learn(ts, is_up);
}

excursion_watch::habits& excursion_watch::known() {
  if (!known_) known_ = std::make_unique<habits>();
  return *known_;
}

void excursion_watch::begin(const observation& point, double nines) {
  out_ = std::make_unique<course>();
  course& out = *out_;
  out.from_n = out.last_n = point.n;
  out.from = out.last = point.ts;
  out.points = out.flagged = 1;
  out.before = point.seen.baseline.expected;
  out.unit = point.seen.baseline.sigma;
  out.is_up = point.error() > 0;
  out.is_usual = known_ && known_->times && known_->times->is_usual(point.ts, out.is_up);
  out.sum = point.value - out.before;
  out.square = out.sum * out.sum;
  out.value = point.value;
  out.expected = out.before;
  out.size = std::abs(point.seen.baseline.z);
  out.nines = nines;
  // A young stream does not know its own tail.
  out.crowd = point.crowd + std::max(0.0, young_nines * (1 - static_cast<double>(point.n) / young_points));
}

// Back at what was expected, for sure: a new level with a wide scatter comes near the old one, too, and once the
// baseline is on its way to it, nearness to the baseline means nothing. What lasted for some points is not back with
// one.
bool excursion_watch::course::is_back(const observation& point) const {
  if (point.is_beyond()) return false;
  const double distance = is_up ? point.value - before : before - point.value;
  const double usual = std::abs(sum) / points;
  if (distance > 0.5 * usual) return false;
  if (neutral >= neutral_max) return true;
  if (points >= course_points && neutral == 0) return false;
  const bool stayed = std::abs(point.seen.baseline.expected - before) <= 0.5 * usual;
  return distance < surely_back * usual || (stayed && std::abs(point.seen.baseline.z) < back_z);
}

void excursion_watch::course::follow(const observation& point, double nines_there) {
  last_n = point.n;
  last = point.ts;
  ++points;
  if (point.is_beyond()) ++flagged;
  const double distance = point.value - before;
  if ((distance > 0) != is_up) ++opposite;
  sum += distance;
  square += distance * distance;
  nines = std::max(nines, nines_there);
  if (std::abs(distance) <= std::abs(value - before)) return;
  value = point.value;
  expected = point.is_beyond() ? point.seen.baseline.expected : before;
  size = std::max(size, std::abs(point.seen.baseline.z));
}

bool excursion_watch::course::stands_firm() const {
  const double mean = sum / points;
  const double scatter = std::sqrt(std::max(square / points - mean * mean, 0.0));
  if (opposite != 0) return false;
  if (scatter <= std::max(firm_share * std::abs(mean), firm_units * unit)) return true;
  return points >= far_points && flagged == points && std::abs(mean) >= far_units * unit &&
         scatter <= far_share * std::abs(mean);
}

// Their mean is not far from the level before, of what such a scatter has: no level is new.
bool excursion_watch::course::is_scattered() const {
  return sum * sum <= scattered * square;
}

finding excursion_watch::course::describe(event_kind kind) const {
  finding found;
  found.kind = kind;
  found.direction = is_up ? event_direction::up : event_direction::down;
  found.from_n = from_n;
  found.from = from;
  found.points = points;
  found.value = value;
  found.expected = expected;
  found.size = size;
  found.nines =
      std::min(nines - crowd + companion_nines * std::min<double>(flagged - 1, companions_max), tail_model::nines_max);
  if (kind == event_kind::shift) {
    found.before = before;
    found.after = before + sum / points;
  }
  if (kind == event_kind::spread) {
    found.direction = event_direction::up;
    found.before = unit;
    // Beyond 1e154 the squares are infinite; no scatter is more than the farthest point's distance.
    found.after = std::isfinite(square) ? std::sqrt(square / points) : std::abs(value - before);
  }
  return found;
}

// Whether it is news.
bool excursion_watch::learn_level() {
  const course& out = *out_;
  habits& learned = known();
  learned.learn_time(out.from, out.is_up);
  const double height = std::abs(out.value - out.before);
  const bool is_news = learned.spikes.is_level_news(height, out.last_n) &&
                       !learned.spikes.is_known_way(out.before, out.before + out.sum / out.points);
  learned.spikes.learn_level(height, out.last_n);
  return is_news;
}

excursion_watch::answer excursion_watch::judge(const observation& point) {
  answer result;
  course& out = *out_;
  const bool is_wild = out.opposite >= wild_opposite && out.opposite + wild_opposite <= out.points &&
                       (out.flagged >= wild_flags || (out.points >= shift_points && out.is_scattered()));
  if (out.told == telling::nothing && is_wild && out.last_n >= level_known) {
    finding found = out.describe(event_kind::spread);
    if (found.nines < told_nines || out.is_usual) return result;
    out.told = telling::spread;
    result.found = found;
    return result;
  }
  const bool lasts = out.points >= shift_points || (out.points >= firm_points && out.stands_firm());
  if (out.told < telling::shift && lasts && out.last_n < level_known) {
    out.told = telling::shift;  // but nobody can know yet that this level is a new one
    return result;
  }
  if (out.told < telling::shift && lasts) {
    finding found = out.describe(event_kind::shift);
    if (found.nines < told_nines || out.is_usual) return result;
    // What goes on behind a level that was told just now is the same change, and counts once.
    if (!point.settling && !learn_level() && out.told == telling::nothing) {
      out_.reset();
      result.usual = true;
      return result;
    }
    result.found = found;
    result.is_correction = out.told == telling::spike;
    out.told = telling::shift;
    return result;
  }
  // Where the stream nearly always shows one value there is no scatter by which a level could be firm.
  if (out.told == telling::nothing && point.seen.baseline.rare && out.points == firm_points &&
      out.flagged == firm_points) {
    finding found = out.describe(event_kind::spike);
    if (found.nines < told_nines || out.is_usual ||
        !known().spikes.is_news(out.value, std::abs(out.value - out.before), out.last_n))
      return result;
    out.told = telling::spike;
    result.found = found;
    return result;
  }
  if (out.told == telling::nothing && out.points == 1 && known_ && known_->spikes.is_code(out.value) &&
      !known_->spikes.is_strewn(out.last_n) && out.describe(event_kind::spike).nines >= told_nines) {
    result.found = out.describe(event_kind::spike);
    result.found->stands_alone = true;
    out.told = telling::spike;
  }
  return result;
}

excursion_watch::answer excursion_watch::end() {
  answer result;
  const std::unique_ptr<course> over = std::move(out_);
  finding found = over->describe(over->told == telling::shift    ? event_kind::shift
                                 : over->told == telling::spread ? event_kind::spread
                                                                 : event_kind::spike);
  result.usual = over->is_usual;
  found.to_n = over->last_n;
  found.to = over->last;
  const double height = std::abs(over->value - over->before);
  if (over->told != telling::nothing) {
    result.over = found;
  } else if (found.nines >= told_nines && !over->is_usual &&
             known().spikes.is_news(over->value, height, over->last_n)) {
    result.found = found;
  } else {
    result.untold = found;
  }
  // A shift has been learned when it was told.
  if (over->told >= telling::shift) return result;
  if (found.nines >= told_nines) known().learn_time(over->from, over->is_up);
  known().spikes.learn(over->value, height, over->last_n);
  return result;
}

}  // namespace spindrift
