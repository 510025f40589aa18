// Shows a point to every watch of its feature.
#include "server/events/feature_watch.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace spindrift {
namespace {

constexpr double record_factor = 2.5;  // times the largest surprise to this side so far
constexpr double record_nines = 5;

}  // namespace

feature_watch::answer feature_watch::update(const observation& point) {
  answer result;
  if (point.repeat && point.value == still_.last()) {
    result.excursion = excursion_.confirm();
    return result;
  }
  // Of a rare value z says itself how rare it is.
  const double z = std::abs(point.seen.baseline.z);
  double nines = point.seen.beat ? 0 : point.seen.baseline.rare ? std::min(z, tail_model::nines_max) : tail_.nines(z);
  if (!point.seen.beat && records_.beyond(point.seen.baseline.z) >= record_factor)
    nines = std::max(nines, record_nines);
  result.excursion = excursion_.update(point, nines);
  result.still = still_.update(point);
  // A value that stands still has no scatter; that is the other watch's business. Nor has one of which nothing is
  // expected, because no baseline is on.
  const bool is_expected = point.seen.baseline.sigma > 0 || point.error() != 0;
  if (!still_.is_still() && is_expected) result.spread = spread_.update(point, still_.equal_share());
  result.level = level_.update(point, spread_);
  // What is told is no part of the tail that tells what to tell.
  if (!point.seen.baseline.warmup && !point.seen.baseline.rare && !point.seen.beat && !excursion_.is_out() &&
      !result.excursion.found && !result.excursion.over) {
    tail_.learn(z);
    records_.learn(point.seen.baseline.z);
  }
  if (result.excursion.untold && !point.seen.baseline.rare) {
    const finding& untold = *result.excursion.untold;
    tail_.learn(untold.size);
    records_.learn(untold.direction == event_direction::down ? -untold.size : untold.size);
  }
  if (result.excursion.usual) pattern_.forget();
  pattern_watch::neighbours others;
  others.busy = excursion_.is_out() || spread_.is_suspect();
  others.may_be_level = level_.is_beyond() || spread_.is_astray();
  others.untold = result.excursion.untold.get();
  others.is_coarse = still_.equal_share() > spread_watch::discrete;
  result.pattern = pattern_.update(point, nines, others);
  if (!nought_ && point.value == 0) nought_ = std::make_unique<nought_watch>();
  rare_finding stays_away = nought_ ? nought_->update(point) : rare_finding();
  if (stays_away) stays_away->from = level_.time_of(stays_away->from_n, point);
  if (!result.pattern) result.pattern = std::move(stays_away);
  return result;
}

}  // namespace spindrift
