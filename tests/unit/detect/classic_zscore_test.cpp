#include "server/detect/classic_zscore.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/brute_window.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::brute_window;
using support::noise_source;

zscore_settings classic_settings(unsigned window = 100) {
  zscore_settings settings;
  settings.method = zscore_method::classic;
  settings.window = window;
  return settings;
}

// Feeds both the same points and compares every figure; the oracle learns what the detector says it learns.
void expect_agreement(noise_source& noise, const zscore_settings& settings, double offset, double scale) {
  classic_zscore zscore(settings);
  brute_window brute(settings.window);
  const double threshold = threshold_or(settings, 3);
  unsigned flagged_run = 0;
  for (int i = 0; i < 1500; ++i) {
    const double x = offset + scale * (noise.chance(0.03) ? 50 * noise.normal() : noise.normal());
    const baseline_reading seen = zscore.update(x);
    ASSERT_EQ(seen.warmup, brute.size() < settings.min_samples);
    if (!seen.warmup) {
      const auto sd = static_cast<double>(brute.deviation());
      ASSERT_NEAR(seen.expected, static_cast<double>(brute.mean()), 1e-9 * scale + 1e-15 * std::abs(offset));
      ASSERT_NEAR(seen.sigma, sd, 1e-6 * sd + 0x1p-50 * std::abs(offset));
      const auto z = static_cast<double>((x - brute.mean()) / brute.deviation());
      ASSERT_NEAR(seen.z, drawn_in(z), 1e-5 * std::abs(z) + 1e-5) << "point " << i;
      if (std::abs(std::abs(z) - threshold) > 1e-4) {
        ASSERT_EQ(seen.anomaly, std::abs(z) > threshold);
      }
    }
    flagged_run = seen.anomaly ? flagged_run + 1 : 0;
    const bool passed_over = seen.anomaly && flagged_run <= settings.window / 4;
    if (!passed_over) brute.learn(x);
    if (noise.chance(0.005)) {
      const auto width = static_cast<std::size_t>(noise.below(settings.window + 20));
      zscore.keep_last(static_cast<double>(width));
      // Forgetting also ends a run of flagged points, if there was something to forget.
      if (width < brute.size()) flagged_run = 0;
      brute.keep_last(width);
    }
  }
}

TEST(classic_zscore, agrees_with_the_definition_for_random_windows_thresholds_and_cuts) {
  noise_source noise(1);
  for (int round = 0; round < 25; ++round) {
    auto settings = classic_settings(static_cast<unsigned>(2 + noise.below(150)));
    settings.min_samples = static_cast<unsigned>(2 + noise.below(settings.window - 1));
    settings.threshold = noise.chance(0.5) ? 0 : noise.uniform(1, 6);
    expect_agreement(noise, settings, 0, 1);
    if (HasFatalFailure()) FAIL() << "window " << settings.window;
  }
}

TEST(classic_zscore, agrees_with_the_definition_far_from_zero) {
  noise_source noise(2);
  expect_agreement(noise, classic_settings(), 1e9, 1);
  expect_agreement(noise, classic_settings(), -1e12, 10);
  expect_agreement(noise, classic_settings(), 1e15, 1e5);
  expect_agreement(noise, classic_settings(), 0, 1e-12);
}

// Goal: no rounding piles up. Method: a million evictions with values that come and go at 1e15, then compare.
TEST(classic_zscore, keeps_its_digits_after_a_million_evictions_and_huge_visitors) {
  auto settings = classic_settings();
  settings.threshold = 1e6;  // learn everything
  classic_zscore zscore(settings);
  brute_window brute(settings.window);
  noise_source noise(3);
  for (int i = 0; i < 1'000'000; ++i) {
    const double x = i % 1000 == 500 ? 1e15 : 100 + noise.normal();
    zscore.update(x);
    if (i > 999'800) brute.learn(x);
  }
  const baseline_reading seen = zscore.update(100);
  EXPECT_NEAR(seen.expected, static_cast<double>(brute.mean()), 1e-11);
  EXPECT_NEAR(seen.sigma, static_cast<double>(brute.deviation()), 1e-9);
}

TEST(classic_zscore, is_right_again_as_soon_as_a_huge_value_has_left) {
  auto settings = classic_settings(20);
  settings.threshold = 1e6;
  classic_zscore zscore(settings);
  brute_window brute(20);
  noise_source noise(4);
  for (int i = 0; i < 60; ++i) {
    const double x = i == 25 ? 1e14 : noise.normal();
    zscore.update(x);
    brute.learn(x);
    if (i == 45) break;  // the first point without it
  }
  const baseline_reading seen = zscore.update(0);
  EXPECT_NEAR(seen.expected, static_cast<double>(brute.mean()), 1e-12);
  EXPECT_NEAR(seen.sigma, static_cast<double>(brute.deviation()), 1e-12);
}

TEST(classic_zscore, judges_the_eleventh_point_first) {
  const auto settings = classic_settings();
  classic_zscore zscore(settings);
  for (int i = 0; i < 10; ++i) {
    const baseline_reading seen = zscore.update(i == 5 ? 1e6 : i);
    EXPECT_TRUE(seen.warmup);
    EXPECT_FALSE(seen.anomaly);
    EXPECT_EQ(seen.z, 0);
  }
  EXPECT_FALSE(zscore.update(3).warmup);
}

TEST(classic_zscore, sees_a_change_in_a_constant_series_but_not_rounding_noise) {
  const auto settings = classic_settings();
  classic_zscore zscore(settings);
  for (int i = 0; i < 500; ++i) EXPECT_FALSE(zscore.update(0.3).anomaly);
  EXPECT_FALSE(zscore.update(0.1 + 0.2).anomaly);
  EXPECT_TRUE(zscore.update(0.3001).anomaly);
  classic_zscore zero(settings);
  for (int i = 0; i < 50; ++i) EXPECT_FALSE(zero.update(0).anomaly);
  const baseline_reading seen = zero.update(-1e-3);
  EXPECT_TRUE(seen.anomaly);
  EXPECT_EQ(seen.z, drawn_in(-z_max));
}

TEST(classic_zscore, does_not_learn_flagged_points_but_makes_a_new_level_normal) {
  const auto settings = classic_settings();
  classic_zscore zscore(settings);
  noise_source noise(5);
  for (int i = 0; i < 300; ++i) zscore.update(noise.normal());
  for (int i = 0; i < 25; ++i) {
    const baseline_reading seen = zscore.update(50 + noise.normal());
    EXPECT_TRUE(seen.anomaly);
    EXPECT_LT(seen.expected, 1);
  }
  int flagged = 0;
  for (int i = 0; i < 200; ++i) flagged += zscore.update(50 + noise.normal()).anomaly ? 1 : 0;
  EXPECT_LT(flagged, 30);
  EXPECT_NEAR(zscore.update(50).expected, 50, 1);
}

TEST(classic_zscore, warms_up_again_when_a_drift_leaves_too_few_points) {
  const auto settings = classic_settings();
  classic_zscore zscore(settings);
  for (int i = 0; i < 250; ++i) zscore.update(i % 7);
  zscore.keep_last(1e300);
  EXPECT_FALSE(zscore.update(1).warmup);
  zscore.keep_last(9);
  EXPECT_TRUE(zscore.update(1).warmup);
  EXPECT_FALSE(zscore.update(1).warmup);
  zscore.keep_last(0);
  EXPECT_TRUE(zscore.update(1).warmup);
}

TEST(classic_zscore, ignores_what_is_not_a_number_and_survives_the_largest_values) {
  const auto settings = classic_settings(10);
  classic_zscore zscore(settings);
  noise_source noise(6);
  const double extremes[] = {1e308,
                             -1e308,
                             5e-324,
                             0.0,
                             1e-300,
                             std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN(),
                             1e15};
  for (int i = 0; i < 20'000; ++i) {
    const double x = noise.chance(0.7) ? extremes[noise.below(8)] : noise.normal();
    const baseline_reading seen = zscore.update(x);
    ASSERT_TRUE(std::isfinite(seen.expected) && std::isfinite(seen.sigma) && std::isfinite(seen.z));
    ASSERT_LE(std::abs(seen.z), z_max);
    if (!std::isfinite(x)) {
      ASSERT_FALSE(seen.anomaly);
      ASSERT_EQ(seen.z, 0);
    }
  }
  for (int i = 0; i < 100; ++i) zscore.update(7 + noise.normal());
  EXPECT_NEAR(zscore.update(7).expected, 7, 2);
}

TEST(classic_zscore, continues_bit_for_bit_after_a_restore) {
  const auto settings = classic_settings(50);
  for (int saved_after : {0, 7, 49, 50, 333}) {
    noise_source noise(7);
    classic_zscore original(settings);
    for (int i = 0; i < saved_after; ++i) original.update(noise.student_t3());
    std::string bytes;
    state_writer writer(bytes);
    original.visit_state(writer);
    classic_zscore restored(settings);
    state_reader reader(bytes);
    restored.visit_state(reader);
    ASSERT_TRUE(reader.ok() && reader.bytes_left() == 0);
    for (int i = 0; i < 300; ++i) {
      const double x = noise.student_t3();
      const baseline_reading a = original.update(x);
      const baseline_reading b = restored.update(x);
      ASSERT_TRUE(a.z == b.z && a.sigma == b.sigma && a.expected == b.expected && a.anomaly == b.anomaly);
    }
  }
}

TEST(classic_zscore, refuses_a_state_that_cannot_be) {
  const auto settings = classic_settings(50);
  classic_zscore original(settings);
  for (int i = 0; i < 60; ++i) original.update(i % 5);
  std::string bytes;
  state_writer writer(bytes);
  original.visit_state(writer);
  const auto smaller = classic_settings(20);
  classic_zscore other(smaller);
  state_reader too_long(bytes);
  other.visit_state(too_long);
  EXPECT_FALSE(too_long.ok());
  bytes[4 + 50 * 8] = 127;  // the oldest point's place, beyond the ring
  classic_zscore restored(settings);
  state_reader reader(bytes);
  restored.visit_state(reader);
  EXPECT_FALSE(reader.ok());
}

TEST(zscore_settings, are_good_by_default) {
  EXPECT_TRUE(validate(zscore_settings{}).empty());
  EXPECT_TRUE(validate(classic_settings()).empty());
}

TEST(zscore_settings, name_every_bad_flag_with_its_value_and_what_is_allowed) {
  zscore_settings settings = classic_settings(1);
  settings.threshold = -2.5;
  settings.min_samples = 0;
  settings.seasonal = true;
  const auto complaints = validate(settings);
  ASSERT_EQ(complaints.size(), 4U);
  EXPECT_EQ(complaints[0], "--window: 1 is not allowed: give a whole number from 2 to 1000000");
  EXPECT_EQ(complaints[1], "--threshold: -2.5 is not allowed: give a number from 0 to 999999");
  EXPECT_NE(complaints[2].find("--min-samples: 0 is not allowed"), std::string::npos);
  EXPECT_NE(complaints[3].find("--zscore-seasonal: on"), std::string::npos);
}

TEST(zscore_settings, refuse_a_threshold_that_is_no_number_and_a_warmup_longer_than_the_window) {
  zscore_settings settings = classic_settings(20);
  settings.threshold = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(validate(settings).size(), 1U);
  settings.threshold = 0;
  settings.min_samples = 21;
  EXPECT_EQ(validate(settings).size(), 1U);
  settings.method = zscore_method::robust;
  EXPECT_TRUE(validate(settings).empty());
}

}  // namespace
}  // namespace spindrift
