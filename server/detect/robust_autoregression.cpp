// Predicts a value from the last ones, by steps that one outlier cannot bend.
#include "server/detect/robust_autoregression.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <utility>

#include "server/detect/double_pair.hpp"

namespace spindrift {
namespace {

constexpr double forgetting = 0.998;  // 500 points
constexpr double wound_up = 1e3;      // a matrix that nothing excites grows as it forgets: not beyond this
constexpr double lost = 1e6;
constexpr double step_lost = 1e6;
constexpr double prediction_lost = 1e145;
constexpr double excess_max = 1e100;      // its square is far from the largest double
constexpr double diagonal_least = 1e-30;  // else what is nought in a float would stay it

inline double_pair both(double one) {
  return double_pair{one, one};
}
inline double_pair firsts(double_pair a, double_pair b) {
  return double_pair{a[0], b[0]};
}
inline double_pair seconds(double_pair a, double_pair b) {
  return double_pair{a[1], b[1]};
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
  matrix whole{};
  for (std::size_t j = 0; j < order; ++j) {
    whole[j][j] = static_cast<double>(diagonal_[j]);
    for (std::size_t i = 0; i < j; ++i) whole[i][j] = static_cast<double>(column(j)[i]);
  }
  return whole;
}

void robust_autoregression::fold(const matrix& whole) {
  bool is_symmetric = true;
  bool is_upper = true;
  for (std::size_t j = 0; j < order; ++j) {
    for (std::size_t i = 0; i < j; ++i) {
      is_symmetric = is_symmetric && whole[j][i] == whole[i][j];
      is_upper = is_upper && whole[j][i] == 0;
    }
  }
  if (is_symmetric && !is_upper) return factorize(whole);
  for (std::size_t j = 0; j < order; ++j) {
    diagonal_[j] = static_cast<float>(whole[j][j]);
    for (std::size_t i = 0; i < j; ++i) column(j)[i] = static_cast<float>(whole[i][j]);
  }
}

// From the last column on. Where rounding has left nothing positive there is as little as there may be.
void robust_autoregression::factorize(matrix p) {
  for (std::size_t j = order; j-- > 0;) {
    const double pivot = std::max(p[j][j], diagonal_least);
    diagonal_[j] = static_cast<float>(pivot);
    for (std::size_t i = 0; i < j; ++i) column(j)[i] = static_cast<float>(p[i][j] / pivot);
    for (std::size_t i = 0; i < j; ++i) {
      for (std::size_t k = 0; k < j; ++k) p[i][k] -= p[i][j] * p[k][j] / pivot;
    }
  }
}

void robust_autoregression::loosen() {
  upper_.fill(0);
  diagonal_.fill(1);
}

double robust_autoregression::trace() const {
  double sum = 0;
  for (std::size_t j = 0; j < order; ++j) {
    double squares = 1;
    for (std::size_t i = 0; i < j; ++i)
      squares += static_cast<double>(column(j)[i]) * static_cast<double>(column(j)[i]);
    sum += static_cast<double>(diagonal_[j]) * squares;
  }
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
  shift_in(value, past_);
}

// False when the numbers are no longer good. Written so that NaN is not good. Column after column: what the features
// are to it, what U' features is; and with the spread that the columns before have left, the column after this point
// and its part of the gain, P features. Two columns at a time, for what is one number a column.
bool robust_autoregression::fit(const forecast& made, double error, double knee) {
  constexpr std::size_t pairs = order / 2;
  std::array<double_pair, pairs> features;
  for (std::size_t i = 0; i < pairs; ++i) features[i] = load_pair(&made.features[2 * i]);
  std::array<double_pair, pairs> gain;
  std::array<double_pair, pairs> diagonal_left;
  const double size = std::abs(error);
  const double excess = std::min(size > knee ? size / knee : 1, excess_max);
  const double spread_before = forgetting * excess * excess;
  double spread = spread_before;
  double inverse = 1 / spread;
  double left = 0;
  const auto take = [&]<std::size_t p>(std::integral_constant<std::size_t, p>) {  // so that no loop is left
    float* const one = column(2 * p);
    float* const other = column(2 * p + 1);
    std::array<double_pair, p + 1> old_one;
    std::array<double_pair, p + 1> old_other;
    const auto each_row = [&](auto act) {
      [&]<std::size_t... i>(std::index_sequence<i...>) {
        (act(i), ...);
      }
      (std::make_index_sequence<p>());
    };
    double_pair turned_one = {made.features[2 * p], 0};
    double_pair turned_other = {made.features[2 * p + 1], 0};
    each_row([&](std::size_t i) {
      old_one[i] = load_widened(one + 2 * i);
      turned_one += old_one[i] * features[i];
      old_other[i] = load_widened(other + 2 * i);
      turned_other += old_other[i] * features[i];
    });
    // In the row of the one, which has its one there, the other has a last number.
    const double_pair last = load_widened<1>(other + 2 * p);
    turned_other += last * features[p];
    const double_pair turned = firsts(turned_one, turned_other) + seconds(turned_one, turned_other);
    const double_pair before = load_widened(&diagonal_[2 * p]);
    const double_pair own = before * turned;
    const double_pair more = turned * own;
    const double between = spread + more[0];
    const double after = between + more[1];
    const double_pair inverses = both(1) / double_pair{between, after};
    const double_pair change = -turned * double_pair{inverse, inverses[0]};
    diagonal_left[p] = before * (double_pair{spread, between} * inverses);
    left += diagonal_left[p][0];
    left += diagonal_left[p][1];
    spread = after;
    inverse = inverses[1];
    const double_pair own_one = firsts(own, own);
    const double_pair own_other = seconds(own, own);
    const double_pair change_one = firsts(change, change);
    const double_pair change_other = seconds(change, change);
    each_row([&](std::size_t i) {
      store_rounded(old_one[i] + gain[i] * change_one, one + 2 * i);
      gain[i] += old_one[i] * own_one;
      store_rounded(old_other[i] + gain[i] * change_other, other + 2 * i);
      gain[i] += old_other[i] * own_other;
    });
    store_rounded<1>(last + own * change_other, other + 2 * p);
    gain[p] = own + last * own_other;
  };
  [&]<std::size_t... each>(std::index_sequence<each...>) {
    (take(std::integral_constant<std::size_t, each>()), ...);
  }
  (std::make_index_sequence<pairs>());
  const double growth = left < wound_up ? 1 / forgetting : 1;
  for (std::size_t p = 0; p < pairs; ++p) {
    store_rounded(diagonal_left[p] * both(growth) + both(diagonal_least), &diagonal_[2 * p]);
  }
  const double step = error * inverse / made.unit;
  for (std::size_t i = 0; i < pairs; ++i) {
    store_pair(load_pair(&weights_[2 * i]) + gain[i] * both(step), &weights_[2 * i]);
  }
  return spread >= spread_before && left * growth < lost && std::abs(step) < step_lost;
}

}  // namespace spindrift
