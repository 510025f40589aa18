// Predicts a value from the last ones, by steps that one outlier cannot bend.
#include "server/detect/robust_autoregression.hpp"

#include <cmath>

namespace spindrift {
namespace {

constexpr double forgetting = 0.998;    // 500 points
constexpr double trace_wound_up = 1e3;  // a matrix that nothing excites grows as it forgets: not beyond this
constexpr double trace_lost = 1e6;
constexpr double step_lost = 1e6;
constexpr double prediction_lost = 1e145;

}  // namespace

robust_autoregression::robust_autoregression() {
  loosen();
}

void robust_autoregression::start_again() {
  weights_.fill(0);
  loosen();
}

robust_autoregression::matrix robust_autoregression::unfolded() const {
  matrix whole;
  std::size_t at = 0;
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = i; j < order; ++j) whole[i][j] = whole[j][i] = covariance_[at++];
  }
  return whole;
}

void robust_autoregression::fold(const matrix& whole) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = i; j < order; ++j) covariance_[at++] = whole[i][j];
  }
}

void robust_autoregression::loosen() {
  matrix one{};
  for (std::size_t i = 0; i < order; ++i) one[i][i] = 1;
  fold(one);
}

double robust_autoregression::trace_of(const matrix& whole) {
  double sum = 0;
  for (std::size_t i = 0; i < order; ++i) sum += whole[i][i];
  return sum;
}

void robust_autoregression::adopt(const window& past) {
  past_ = past;
  loosen();
}

robust_autoregression::forecast robust_autoregression::predict(double unit, double mean) const {
  forecast made;
  made.unit = unit;
  const double per_unit = 1 / unit;
  made.features[0] = (past_[0] - mean) * per_unit;
  for (std::size_t i = 1; i < order; ++i) made.features[i] = (past_[i - 1] - past_[i]) * per_unit;
  double step = 0;
  for (std::size_t i = 0; i < order; ++i) step += weights_[i] * made.features[i];
  const double prediction = past_[0] + unit * step;
  made.value = std::abs(prediction) < prediction_lost ? prediction : past_[0];
  return made;
}

void robust_autoregression::learn(double value, const forecast& made, double error, double knee) {
  if (!fit(made, error, knee)) start_again();
  pass(value);
}

void robust_autoregression::pass(double value) {
  for (std::size_t i = order - 1; i > 0; --i) past_[i] = past_[i - 1];
  past_[0] = value;
}

// False when the numbers are no longer good. Written so that NaN is not good.
bool robust_autoregression::fit(const forecast& made, double error, double knee) {
  // g = P f, summed row by row: P is symmetric, and rows vectorise where dot products may not be re-ordered.
  matrix whole = unfolded();
  const double trace = trace_of(whole);
  const window& features = made.features;
  window gain{};
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = 0; j < order; ++j) gain[j] += whole[i][j] * features[i];
  }
  double power = 0;
  for (std::size_t i = 0; i < order; ++i) power += features[i] * gain[i];
  const double size = std::abs(error);
  const double excess = size > knee ? size / knee : 1;
  const double spread = forgetting * excess * excess + power;
  const double step = error / (made.unit * spread);
  for (std::size_t i = 0; i < order; ++i) weights_[i] += gain[i] * step;
  // P := (P - g g' / spread) / forgetting.
  const double root = std::sqrt(1 / spread);
  for (double& part : gain) part *= root;
  const double growth = trace < trace_wound_up ? 1 / forgetting : 1;
  for (std::size_t i = 0; i < order; ++i) {
    for (std::size_t j = 0; j < order; ++j) whole[i][j] = (whole[i][j] - gain[i] * gain[j]) * growth;
  }
  fold(whole);
  return power >= 0 && trace_of(whole) < trace_lost && std::abs(step) < step_lost;
}

}  // namespace spindrift
