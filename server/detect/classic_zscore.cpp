// Mean and deviation of a window of values, kept exact over many evictions.
#include "server/detect/classic_zscore.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr double own_threshold = 3;
constexpr double rounding = 0x1p-50;
// Each step leaves an error of some 1e-16 of the sum as it was; below this part of the peak fewer than six digits hold.
constexpr double squares_lost = 1e-9;

}  // namespace

baseline_reading classic_zscore::update(double x) {
  baseline_reading reading;
  reading.expected = offset_ + mean_;
  reading.sigma = deviation();
  reading.warmup = values_.size() < settings_->min_samples;
  if (!std::isfinite(x)) return reading;
  x = std::clamp(x, -value_max, value_max);
  if (!reading.warmup) {
    // (x - offset) - mean, not x - (offset + mean): the first difference is exact where it matters.
    const double error = (x - offset_) - mean_;
    const double bound = z_max * reading.sigma;
    reading.z = std::abs(error) < bound ? error / reading.sigma : error == 0 ? 0 : std::copysign(z_max, error);
    reading.anomaly = std::abs(reading.z) > threshold_or(*settings_, own_threshold);
    reading.z = drawn_in(reading.z);
  }
  if (!reading.anomaly) flagged_run_ = 0;
  if (reading.anomaly && flagged_run_ < settings_->window / 4) {
    ++flagged_run_;
  } else {
    learn(x);
  }
  return reading;
}

double classic_zscore::deviation() const {
  if (values_.empty()) return 0;
  const double sd = std::sqrt(squares_ / static_cast<double>(values_.size()));
  return std::max(sd, rounding * std::abs(offset_ + mean_));
}

void classic_zscore::learn(double x) {
  if (values_.size() < settings_->window) {
    if (values_.empty()) offset_ = x;
    if (values_.size() == values_.capacity()) grow();
    values_.push_back(x);
    const double value = x - offset_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(values_.size());
    squares_ += before * (value - mean_);
    squares_peak_ = std::max(squares_peak_, squares_);
    if (values_.size() == settings_->window) compute_exactly();
    return;
  }
  const double left = values_.exchange(oldest_, x);
  if (++oldest_ == values_.size()) oldest_ = 0;
  const double entering = (x - offset_) - mean_;
  const double leaving = (left - offset_) - mean_;
  const double step = x - left;
  const double moved = step / static_cast<double>(values_.size());
  mean_ += moved;
  squares_ = std::max(0.0, squares_ + step * ((entering - moved) + leaving));
  squares_peak_ = std::max(squares_peak_, squares_);
  if (--until_exact_ == 0 || squares_ < squares_lost * squares_peak_) compute_exactly();
}

// From a small block on: the first lies between others of its stream, so what it leaves behind is of use to none.
void classic_zscore::grow() {
  values_.reserve(std::min<std::size_t>(settings_->window, std::max<std::size_t>(8, 4 * values_.capacity())));
}

void classic_zscore::compute_exactly() {
  const double n = static_cast<double>(values_.size());
  double sum = 0;
  values_.for_each([&](double value) { sum += value - offset_; });
  // The new offset is a double near the mean; what is left of the mean comes from a second pass, and Chan's correction
  // takes its square out of the sum.
  offset_ += sum / n;
  double rest = 0;
  double squares = 0;
  values_.for_each([&](double value) {
    const double centred = value - offset_;
    rest += centred;
    squares += centred * centred;
  });
  mean_ = rest / n;
  squares_ = std::max(0.0, squares - rest * mean_);
  squares_peak_ = squares_;
  until_exact_ = settings_->window & window_bits;
}

void classic_zscore::keep_last(double width) {
  const double held = static_cast<double>(values_.size());
  if (!(width < held)) return;
  const auto kept = static_cast<std::size_t>(std::max(0.0, std::floor(width)));
  std::vector<double> newest(kept);
  for (std::size_t i = 0; i < kept; ++i) newest[i] = values_[(oldest_ + values_.size() - kept + i) % values_.size()];
  values_ = packed_window(newest);
  oldest_ = 0;
  flagged_run_ = 0;
  mean_ = squares_ = squares_peak_ = 0;
  if (!values_.empty()) compute_exactly();
}

}  // namespace spindrift
