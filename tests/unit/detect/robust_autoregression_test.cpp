// The autoregression against recursive least squares written out with a whole matrix of doubles.
#include "server/detect/robust_autoregression.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string>

#include "server/detect/archive.hpp"
#include "server/detect/robust_zscore.hpp"
#include "server/detect/settings.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;
using support::steady_sin;

constexpr std::size_t order = robust_autoregression::order;
constexpr double forgetting = 0.998;
constexpr double knee = 3;

class plain_regression {
public:
  plain_regression() {
    for (std::size_t i = 0; i < order; ++i) p_[i][i] = 1;
  }
  // Of what comes next, in units of 1 around 0.
  double predict() {
    features_[0] = past_[0];
    for (std::size_t i = 1; i < order; ++i) features_[i] = past_[i - 1] - past_[i];
    double step = 0;
    for (std::size_t i = 0; i < order; ++i) step += weights_[i] * features_[i];
    return past_[0] + step;
  }
  void learn(double value, double error) {
    std::array<double, order> gain{};
    double power = 0;
    for (std::size_t i = 0; i < order; ++i) {
      for (std::size_t j = 0; j < order; ++j) gain[i] += p_[i][j] * features_[j];
      power += gain[i] * features_[i];
    }
    const double excess = std::max(std::abs(error) / knee, 1.0);
    const double spread = forgetting * excess * excess + power;
    for (std::size_t i = 0; i < order; ++i) {
      weights_[i] += gain[i] * error / spread;
      for (std::size_t j = 0; j < order; ++j) p_[i][j] = (p_[i][j] - gain[i] * gain[j] / spread) / forgetting;
    }
    std::copy_backward(past_.begin(), past_.end() - 1, past_.end());
    past_[0] = value;
  }
  // As older builds saved it: P whole, and behind it what it was asked last.
  std::string saved() {
    std::string bytes;
    state_writer writer(bytes);
    double unit = 1;
    double trace = 0;
    for (std::size_t i = 0; i < order; ++i) trace += p_[i][i];
    writer(p_, weights_, past_, features_, unit, trace);
    return bytes;
  }

private:
  std::array<std::array<double, order>, order> p_{};
  std::array<double, order> weights_{};
  std::array<double, order> past_{};
  std::array<double, order> features_{};
};

// A cycle under noise with a value far out now and then.
double wave(noise_source& noise, int i) {
  return 2 * steady_sin(0.2 * i) + 0.5 * noise.normal() + (i % 300 == 299 ? 30 : 0);
}

// The greatest difference of predictions; both go on from where they are.
double greatest_difference(plain_regression& plain, robust_autoregression& regression, int points) {
  noise_source noise(2);
  double greatest = 0;
  for (int i = 0; i < points; ++i) {
    const double x = wave(noise, i);
    const auto made = regression.predict(1, 0);
    const double expected = plain.predict();
    greatest = std::max(greatest, std::abs(made.value - expected));
    regression.learn(x, made, x - made.value, knee);
    plain.learn(x, x - expected);
  }
  return greatest;
}

TEST(robust_autoregression, foretells_what_least_squares_with_a_whole_matrix_do) {
  plain_regression plain;
  robust_autoregression regression;
  EXPECT_LT(greatest_difference(plain, regression, 20'000), 1e-4);
}

TEST(robust_autoregression, goes_on_from_a_whole_matrix_that_an_older_build_saved) {
  plain_regression plain;
  noise_source noise(3);
  for (int i = 0; i < 2'000; ++i) {
    const double x = wave(noise, i);
    plain.learn(x, x - plain.predict());
  }
  robust_autoregression regression;
  const std::string bytes = plain.saved();
  state_reader reader(bytes);
  regression.visit_state(reader);
  ASSERT_TRUE(reader.ok() && reader.bytes_left() == 0);
  EXPECT_LT(greatest_difference(plain, regression, 2'000), 1e-4);
}

// Nothing but rounding excites most of the matrix: kept whole it was no longer positive after a while, and the
// regression began anew, again and again.
TEST(robust_autoregression, never_begins_anew_on_waves_without_noise) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  double farthest = 0;
  for (int i = 0; i < 60'000; ++i) {
    const double x = 1e5 + steady_sin(0.01 * i) + 0.5 * steady_sin(0.23 * i);
    const baseline_reading seen = zscore.update(x);
    if (i >= 20'000) farthest = std::max(farthest, std::abs(x - seen.expected));
  }
  EXPECT_LT(farthest, 1e-2);
}

}  // namespace
}  // namespace spindrift
