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

// How improbable the point is.
double feature_watch::nines_of(const feature_reading& seen) const {
  if (seen.beat) return 0;
  const double z = std::abs(seen.baseline.z);
  // Of a rare value z says itself how rare it is.
  const double nines = seen.baseline.rare ? std::min(z, tail_model::nines_max) : tail_.nines(z);
  return records_.beyond(seen.baseline.z) >= record_factor ? std::max(nines, record_nines) : nines;
}

feature_watch::answer feature_watch::judge(const observation& point) {
  const double nines = nines_of(point.seen);
  const baseline_reading& baseline = point.seen.baseline;
  // A value that stands still has no scatter; that is the other watch's business. Nor has one of which nothing is
  // expected, because no baseline is on.
  const bool is_expected = baseline.sigma > 0 || point.error() != 0;
  // In this order, and each where it stays: there are seven pointers in it.
  answer result{.excursion = excursion_.update(point, nines),
                .still = still_.update(point),
                .spread = still_.is_still() || !is_expected ? spread_watch::answer()
                                                            : spread_.update(point, still_.equal_share()),
                .level = level_.update(point, spread_)};
  // What is told is no part of the tail that tells what to tell.
  if (!baseline.warmup && !baseline.rare && !point.seen.beat && !excursion_.is_out() && !result.excursion.found &&
      !result.excursion.over) {
    tail_.learn(std::abs(baseline.z));
    records_.learn(baseline.z);
  }
  if (result.excursion.untold && !baseline.rare) {
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
  if (!nought_) return result;
  rare_finding stays_away = nought_->update(point);
  if (!stays_away || result.pattern) return result;
  stays_away->from = level_.time_of(stays_away->from_n, point);
  result.pattern = std::move(stays_away);
  return result;
}

}  // namespace spindrift
