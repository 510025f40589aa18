// Makes samples of verdicts.
#include "visualizer/series/verdict_sample.hpp"

#include "common/model/verdict.hpp"

#include <cmath>
#include <limits>

namespace spindrift {
namespace {

bool is_band(double expected, double sigma) {
  return std::isfinite(expected) && std::isfinite(sigma) && sigma >= 0;
}

sample begin_sample(const verdict& judged, double value) {
  sample made;
  made.n = judged.n;
  made.ts = judged.subject.ts.value_or(0);
  made.value = made.low = made.high = value;
  made.score = judged.score.value_or(std::numeric_limits<double>::quiet_NaN());
  made.is_drift = judged.drift.has_value();
  made.is_alarm = judged.alarm;
  made.is_labelled = judged.subject.label.value_or(false);
  return made;
}

}  // namespace

std::optional<sample> sample_of(const verdict& judged) {
  if (!std::isfinite(judged.subject.value)) return std::nullopt;
  sample made = begin_sample(judged, judged.subject.value);
  made.is_anomaly = judged.anomaly;
  made.is_banded = !judged.warmup && is_band(judged.expected, judged.sigma);
  made.expected = judged.expected;
  made.sigma = judged.sigma;
  made.z = judged.z;
  return made;
}

std::optional<sample> sample_of(const verdict& judged, std::size_t index, const feature_band* band,
                                feature_band& known) {
  const feature& part = judged.subject.values[index];
  if (!std::isfinite(part.value)) return std::nullopt;
  // Where the verdict names no feature, the whole point is meant.
  const bool is_named = judged.feature.empty() || judged.feature == part.name;
  if (band != nullptr) {
    known = *band;
  } else if (is_named && !judged.feature.empty()) {
    known = {judged.expected, judged.sigma, judged.z, true};
  }
  sample made = begin_sample(judged, part.value);
  made.is_anomaly = judged.anomaly && is_named;
  made.is_banded = known.is_known && is_band(known.expected, known.sigma) && !judged.warmup;
  made.expected = known.expected;
  made.sigma = known.sigma;
  made.z = known.z;
  return made;
}

}  // namespace spindrift
