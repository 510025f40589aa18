#include "server/detect/detector.hpp"

#include <cassert>
#include <cmath>
#include <utility>

#include "server/detect/prefetch.hpp"

namespace spindrift {
namespace {

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  for (std::string& complaint : more) all.push_back(std::move(complaint));
}

}  // namespace

std::vector<std::string> validate(const detector_settings& settings) {
  std::vector<std::string> complaints;
  if (!settings.zscore_on && !settings.adwin_on && !settings.ensemble_on && !settings.isolation_forest_on) {
    complaints.emplace_back("--detectors: empty is not allowed: name one or more of zscore, adwin, ensemble, iforest");
  }
  append(complaints, validate(settings.zscore));
  append(complaints, validate(settings.adwin));
  append(complaints, settings.ensemble.validate());
  append(complaints, validate(settings.isolation_forest));
  return complaints;
}

feature_detector::feature_detector(const detector_settings& settings) {
  if (settings.zscore_on && settings.zscore.method == zscore_method::classic) {
    classic_ = std::make_unique<classic_zscore>(settings.zscore);
  }
  if (settings.zscore_on && settings.zscore.method == zscore_method::robust) {
    robust_ = std::make_unique<robust_zscore>(settings.zscore);
  }
  if (settings.adwin_on) adwin_ = std::make_unique<drift_detector>(settings.adwin);
  if (settings.ensemble_on) ensemble_ = std::make_unique<ensemble>(settings.ensemble);
}

feature_reading feature_detector::update(double x, double t_seconds, bool after_hole) {
  feature_reading seen;
  seen.baseline = update_baseline(x, after_hole);
  seen.zscore_flagged = seen.baseline.anomaly;
  if (adwin_) {
    // A spike is no drift. The robust baseline adopts a new level after a few flagged points, so ADWIN soon sees it;
    // the classic one may flag window / 4 points in a row, which would hide a shift for as long.
    if (robust_ && robust_->has_adopted()) adwin_->expect_step();
    seen.drift = adwin_->update(robust_ && seen.baseline.anomaly ? seen.baseline.expected : x);
    if (seen.drift) follow_drift(seen.drift->width);
  }
  if (ensemble_) {
    const event_reading event = ensemble_->update(x, t_seconds);
    seen.score = event.score;
    seen.alarm = event.alarm;
  }
  return seen;
}

void feature_detector::prefetch() const {
  prefetch_object(classic_.get());
  prefetch_object(robust_.get());
  prefetch_object(adwin_.get());
  prefetch_object(ensemble_.get());
}

void feature_detector::prefetch_windows() const {
  if (classic_) classic_->prefetch();
  if (adwin_) adwin_->prefetch();
}

baseline_reading feature_detector::update_baseline(double x, bool after_hole) {
  if (robust_) return after_hole ? robust_->bridge(x) : robust_->update(x);
  if (classic_) {
    baseline_reading seen = classic_->update(x);
    seen.anomaly = seen.anomaly && !after_hole;
    return seen;
  }
  // Without a baseline nothing is expected: the point is its own expectation.
  return {.expected = x, .sigma = 0, .z = 0, .anomaly = false, .warmup = false};
}

void feature_detector::follow_drift(double width) {
  if (classic_) classic_->keep_last(width);
  if (robust_) robust_->relearn();
}

detector::detector(const detector_settings& settings, std::size_t features) : first_(settings) {
  assert(features > 0);
  if (features > 1) {
    others_ = std::make_unique<rest>();
    others_->features.reserve(features - 1);
    for (std::size_t i = 1; i < features; ++i) others_->features.emplace_back(settings);
    others_->seen.resize(features);
  }
  if (settings.isolation_forest_on) isolation_forest_ = std::make_unique<isolation_forest>(settings.isolation_forest);
}

reading detector::update(std::span<const double> values, double t_seconds) {
  assert(values.size() == feature_count());
  const point_clock::place place = clock_.update(t_seconds);
  if (place == point_clock::place::late) return late(values.front());
  const bool after_hole = place == point_clock::place::after_hole;
  reading combined{first_.update(values.front(), t_seconds, after_hole)};
  combined.after_hole = after_hole;
  if (others_) combine(values, t_seconds, combined);
  if (isolation_forest_) combined.isolation_flagged = isolation_forest_->update(values).anomaly && !after_hole;
  return combined;
}

reading detector::late(double x) {
  reading seen;
  seen.baseline = {.expected = x, .sigma = 0, .z = 0, .anomaly = false, .warmup = false};
  seen.late = true;
  return seen;
}

void detector::combine(std::span<const double> values, double t_seconds, reading& combined) {
  others_->seen[0] = combined;
  for (std::size_t i = 1; i < values.size(); ++i) {
    const feature_reading next = others_->features[i - 1].update(values[i], t_seconds, combined.after_hole);
    others_->seen[i] = next;
    // All features share one threshold, so |z| alone says which is the strangest.
    if (std::abs(next.baseline.z) > std::abs(combined.baseline.z)) {
      combined.feature = i;
      combined.baseline = next.baseline;
      combined.clock = next.clock;
    }
    combined.zscore_flagged = combined.zscore_flagged || next.zscore_flagged;
    if (!combined.drift) combined.drift = next.drift;
    if (next.score && *next.score > *combined.score) combined.score = next.score;
    combined.alarm = combined.alarm || next.alarm;
  }
  combined.features = others_->seen;
}

}  // namespace spindrift
