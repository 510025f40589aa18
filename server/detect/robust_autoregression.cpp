// Predicts a value from the last ones, by steps that one outlier cannot bend.
#include "server/detect/robust_autoregression.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
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

using float_four = float __attribute__((vector_size(16)));

inline double_pair both(double one) {
  return double_pair{one, one};
}
// So many of two neighbours, 0 for the other. As pairs GCC would turn them one by one.
template <std::size_t many>
double_pair widened(const float* from) {
  float_four loaded{};
  std::memcpy(&loaded, from, many * sizeof(float));
  return double_pair{static_cast<double>(loaded[0]), static_cast<double>(loaded[1])};
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
// and its part of the gain, P features.
bool robust_autoregression::fit(const forecast& made, double error, double knee) {
  constexpr std::size_t pairs = order / 2;
  std::array<double_pair, pairs> features;
  for (std::size_t i = 0; i < pairs; ++i) features[i] = load_pair(&made.features[2 * i]);
  std::array<double_pair, pairs> gain{};
  const double size = std::abs(error);
  const double excess = std::min(size > knee ? size / knee : 1, excess_max);
  const double spread_before = forgetting * excess * excess;
  double spread = spread_before;
  double inverse = 1 / spread;
  double left = 0;
  std::array<double, order> diagonal_left;
  const auto take = [&]<std::size_t j>(std::integral_constant<std::size_t, j>) {  // so that no loop is left
    float* const above = column(j);
    std::array<double_pair, pairs> old;
    double_pair turned_pair = {made.features[j], 0};
    const auto each_pair = [&](auto act) {
      [&]<std::size_t... i>(std::index_sequence<i...>) {
        (act(std::integral_constant<std::size_t, i>(),
             std::integral_constant<std::size_t, std::min<std::size_t>(j - 2 * i, 2)>()),
         ...);
      }
      (std::make_index_sequence<(j + 1) / 2>());
    };
    each_pair([&]<std::size_t i, std::size_t many>(std::integral_constant<std::size_t, i>,
                                                   std::integral_constant<std::size_t, many>) {
      old[i] = widened<many>(above + 2 * i);
      turned_pair += old[i] * features[i];
    });
    const double turned = turned_pair[0] + turned_pair[1];
    const auto before = static_cast<double>(diagonal_[j]);
    const double own = before * turned;
    const double_pair own_2 = both(own);
    const double_pair change = both(-turned * inverse);
    each_pair([&]<std::size_t i, std::size_t many>(std::integral_constant<std::size_t, i>,
                                                   std::integral_constant<std::size_t, many>) {
      const double_pair next = old[i] + gain[i] * change;
      store_rounded<many>(next, above + 2 * i);
      gain[i] += old[i] * own_2;
    });
    gain[j / 2][j % 2] = own;
    const double spread_after = spread + turned * own;
    const double inverse_after = 1 / spread_after;
    diagonal_left[j] = before * (spread * inverse_after);
    left += diagonal_left[j];
    spread = spread_after;
    inverse = inverse_after;
  };
  [&]<std::size_t... each>(std::index_sequence<each...>) {
    (take(std::integral_constant<std::size_t, each>()), ...);
  }
  (std::make_index_sequence<order>());
  const double growth = left < wound_up ? 1 / forgetting : 1;
  for (std::size_t j = 0; j < order; ++j) {
    diagonal_[j] = static_cast<float>(diagonal_left[j] * growth + diagonal_least);
  }
  const double step = error * inverse / made.unit;
  for (std::size_t i = 0; i < pairs; ++i) {
    store_pair(load_pair(&weights_[2 * i]) + gain[i] * both(step), &weights_[2 * i]);
  }
  return spread >= spread_before && left * growth < lost && std::abs(step) < step_lost;
}

}  // namespace spindrift
