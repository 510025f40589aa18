// Predicts a value from the last ones, by steps that one outlier cannot bend.
#include "server/detect/robust_autoregression.hpp"

#include <cmath>
#include <type_traits>
#include <utility>

#include "server/detect/double_pair.hpp"

namespace spindrift {
namespace {

constexpr double forgetting = 0.998;    // 500 points
constexpr double trace_wound_up = 1e3;  // a matrix that nothing excites grows as it forgets: not beyond this
constexpr double trace_lost = 1e6;
constexpr double step_lost = 1e6;
constexpr double prediction_lost = 1e145;

inline double_pair both(double one) {
  return double_pair{one, one};
}

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

double robust_autoregression::trace() const {
  double sum = 0;
  for (std::size_t i = 0; i < order; ++i) sum += row(i)[i];
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

// False when the numbers are no longer good. Written so that NaN is not good. Of the symmetric P the stored half alone
// is read and written: two numbers at once, each sum in the order of the whole matrix, row by row.
bool robust_autoregression::fit(const forecast& made, double error, double knee) {
  const window& features = made.features;
  window gain;
  multiply(features, gain);
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
  reduce(gain, trace() < trace_wound_up ? 1 / forgetting : 1);
  return power >= 0 && trace() < trace_lost && std::abs(step) < step_lost;
}

// g = P f. What a pair of columns has of the rows above stands in those rows; of those below it stands in its own two
// rows, from where it is turned.
void robust_autoregression::multiply(const window& features, window& gain) const {
  std::array<double_pair, order> twice;
  for (std::size_t i = 0; i < order; ++i) twice[i] = both(features[i]);
  const auto take = [&]<std::size_t j>(std::integral_constant<std::size_t, j>) {  // so that no loop is left
    double_pair sum = {0, 0};
    for (std::size_t i = 0; i < j; i += 2) {
      sum += load_pair(row(i) + j) * twice[i];
      sum += load_pair(row(i + 1) + j) * twice[i + 1];
    }
    const double* const upper = row(j);
    const double* const lower = row(j + 1);
    sum += load_pair(upper + j) * twice[j];
    sum += double_pair{upper[j + 1], lower[j + 1]} * twice[j + 1];
    for (std::size_t i = j + 2; i < order; i += 2) {
      const double_pair one = load_pair(upper + i);
      const double_pair other = load_pair(lower + i);
      sum += double_pair{one[0], other[0]} * twice[i];
      sum += double_pair{one[1], other[1]} * twice[i + 1];
    }
    store_pair(sum, gain.data() + j);
  };
  [&]<std::size_t... half>(std::index_sequence<half...>) {
    (take(std::integral_constant<std::size_t, 2 * half>()), ...);
  }
  (std::make_index_sequence<order / 2>());
}

// P := (P - g g') growth.
void robust_autoregression::reduce(const window& gain, double growth) {
  const double_pair growth_2 = both(growth);
  for (std::size_t i = 0; i < order; i += 2) {
    double* const upper = row(i);
    double* const lower = row(i + 1);
    const double_pair first = both(gain[i]);
    const double_pair second = both(gain[i + 1]);
    store_pair((load_pair(upper + i) - first * load_pair(&gain[i])) * growth_2, upper + i);
    lower[i + 1] = (lower[i + 1] - gain[i + 1] * gain[i + 1]) * growth;
    for (std::size_t j = i + 2; j < order; j += 2) {
      const double_pair here = load_pair(&gain[j]);
      store_pair((load_pair(upper + j) - first * here) * growth_2, upper + j);
      store_pair((load_pair(lower + j) - second * here) * growth_2, lower + j);
    }
  }
}

}  // namespace spindrift
