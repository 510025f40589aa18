// The fading moments, and the two scores that need little more: range and level.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "server/detect/ensemble/level_score.hpp"
#include "server/detect/ensemble/moving_moments.hpp"
#include "server/detect/ensemble/range_score.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

TEST(ensemble_moving_moments, are_the_plain_mean_and_population_variance_while_young) {
  support::noise_source noise(1);
  moving_moments moments(1000);
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i) {
    values.push_back(1e6 + noise.normal());
    moments.update(values.back());
  }
  double mean = 0.0;
  for (const double x : values) mean += x / 1000.0;
  double variance = 0.0;
  for (const double x : values) variance += (x - mean) * (x - mean) / 1000.0;
  EXPECT_NEAR(moments.mean(), mean, 1e-8);
  EXPECT_NEAR(moments.variance(), variance, 1e-8);
  EXPECT_EQ(moments.count(), 1000U);
}

TEST(ensemble_moving_moments, forget_at_the_rate_of_their_window_once_grown) {
  moving_moments moments(50);
  for (int i = 0; i < 200; ++i) moments.update(0.0);
  for (int i = 0; i < 50; ++i) moments.update(1.0);
  const double kept = std::pow(0.98, 50);
  EXPECT_NEAR(moments.mean(), 1.0 - kept, 1e-12);
  EXPECT_NEAR(moments.variance(), kept * (1.0 - kept), 1e-12);  // of a share `kept` of zeros among ones
}

TEST(ensemble_moving_moments, end_at_exactly_zero_on_a_long_run_of_zeros) {
  moving_moments moments(10);
  moments.update(1.0);
  for (int i = 0; i < 20000; ++i) moments.update(0.0);
  EXPECT_EQ(moments.mean(), 0.0);
  EXPECT_EQ(moments.variance(), 0.0);
}

TEST(ensemble_range, scores_the_part_beyond_in_widths_of_the_range_before) {
  range_score range;
  EXPECT_EQ(range.update(5.0), 0.0);
  EXPECT_EQ(range.update(7.0), 0.0);  // no width yet to measure by
  EXPECT_EQ(range.update(6.0), 0.0);
  EXPECT_EQ(range.update(10.0), 1.5);  // 3 beyond a width of 2
  EXPECT_EQ(range.update(10.0), 0.0);
  EXPECT_EQ(range.update(4.0), 0.2);  // 1 below a width of 5
  EXPECT_EQ(range.lowest(), 4.0);
  EXPECT_EQ(range.highest(), 10.0);
}

TEST(ensemble_level, compares_the_fast_mean_with_x_to_the_slow_one_without) {
  support::noise_source noise(2);
  level_score level;
  const std::array<double, 4> fast_windows{10, 30, 50, 30};
  const std::array<double, 4> slow_windows{500, 1000, 2000, 100000};
  std::vector<moving_moments> fast;
  std::vector<moving_moments> slow;
  for (std::size_t i = 0; i < 4; ++i) {
    fast.emplace_back(fast_windows[i]);
    slow.emplace_back(slow_windows[i]);
  }
  for (int n = 0; n < 5000; ++n) {
    const double x = noise.normal() + (n / 1000);
    const auto scores = level.update(x);
    for (std::size_t i = 0; i < 4; ++i) {
      fast[i].update(x);
      const double expected = n < 20 ? 0.0 : std::abs(fast[i].mean() - slow[i].mean()) / std::sqrt(slow[i].variance());
      // Of a variance six digits are held.
      ASSERT_NEAR(scores[i], expected, 1e-5 * expected) << "pair " << i << " at point " << n;
      slow[i].update(x);
    }
  }
}

TEST(ensemble_level, is_zero_on_a_constant_stream) {
  level_score level;
  for (int n = 0; n < 1000; ++n) {
    for (const double score : level.update(0.1)) ASSERT_EQ(score, 0.0);
  }
}

}  // namespace
}  // namespace spindrift
