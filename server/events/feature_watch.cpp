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

feature_watch::rare_answer feature_watch::confirm() {
  auto result = std::make_unique<answer>();
  result->excursion = excursion_.confirm();
  return result->is_something() ? std::move(result) : nullptr;
}

feature_watch::rare_answer feature_watch::judge(const observation& point) {
  rare_answer result;
  const auto some = [&result]() -> answer& {
    if (!result) result = std::make_unique<answer>();
    return *result;
  };
  const double nines = nines_of(point.seen);
  const baseline_reading& baseline = point.seen.baseline;
  // A value that stands still has no scatter; that is the other watch's business. Nor has one of which nothing is
  // expected, because no baseline is on.
  const bool is_expected = baseline.sigma > 0 || point.error() != 0;
  const finding* untold = nullptr;
  bool is_told = false;
  if (!excursion_.is_quiet(point)) {
    const excursion_watch::answer& excursion = some().excursion = excursion_.update(point, nines);
    untold = excursion.untold.get();
    is_told = excursion.found || excursion.over;
    if (excursion.usual) pattern_.forget();
  }
  const double before = still_.last();
  if (auto still = still_.update(point); still.is_something()) some().still = std::move(still);
  if (!still_.is_still() && is_expected) {
    if (auto spread = spread_.update(point, before, still_.equal_share()); spread.is_something()) {
      some().spread = std::move(spread);
    }
  }
  if (rare_finding level = level_.update(point, spread_)) some().level = std::move(level);
  // What is told is no part of the tail that tells what to tell.
  if (!baseline.warmup && !baseline.rare && !point.seen.beat && !excursion_.is_out() && !is_told) {
    tail_.learn(std::abs(baseline.z));
    records_.learn(baseline.z);
  }
  if (untold != nullptr && !baseline.rare) {
    tail_.learn(untold->size);
    records_.learn(untold->direction == event_direction::down ? -untold->size : untold->size);
  }
  const auto others = [&] {
    return pattern_watch::neighbours{.busy = excursion_.is_out() || spread_.is_suspect(),
                                     .may_be_level = level_.is_beyond() || spread_.is_astray(),
                                     .is_coarse = still_.equal_share() > spread_watch::discrete,
                                     .untold = untold};
  };
  rare_finding pattern = pattern_.update(point, nines, others);
  if (!nought_ && point.value == 0) nought_ = std::make_unique<nought_watch>();
  if (nought_) {
    rare_finding stays_away = nought_->update(point);
    if (stays_away && !pattern) {
      stays_away->from = level_.time_of(stays_away->from_n, point);
      pattern = std::move(stays_away);
    }
  }
  if (pattern) some().pattern = std::move(pattern);
  if (result && !result->is_something()) result.reset();
  return result;
}

}  // namespace spindrift
