#include "server/detect/point_clock.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "server/detect/detector.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;

using place = point_clock::place;

TEST(point_clock, knows_a_point_older_than_the_newest) {
  point_clock clock;
  EXPECT_EQ(clock.update(100), place::next);
  EXPECT_EQ(clock.update(160), place::next);
  EXPECT_EQ(clock.update(130), place::late);
  EXPECT_EQ(clock.update(160), place::next) << "of the same moment";
  EXPECT_EQ(clock.update(220), place::next);
}

TEST(point_clock, takes_a_clock_that_was_set_back_for_good) {
  point_clock clock;
  clock.update(1e9);
  int late = 0;
  for (int i = 0; i < 1000; ++i) late += clock.update(60.0 * i) == place::late ? 1 : 0;
  EXPECT_EQ(late, 256);
}

TEST(point_clock, tells_the_four_points_after_a_hole) {
  point_clock clock;
  for (int i = 0; i < 100; ++i) ASSERT_EQ(clock.update(60.0 * i), place::next);
  EXPECT_NEAR(clock.interval(), 60, 6);
  int after = 0;
  for (int i = 0; i < 20; ++i) after += clock.update(60.0 * (160 + i)) == place::after_hole ? 1 : 0;
  EXPECT_EQ(after, 4);
}

TEST(point_clock, sees_no_hole_between_bundles_of_points_of_one_moment) {
  point_clock clock;
  for (int i = 0; i < 500; ++i) ASSERT_EQ(clock.update(60.0 * (i / 5)), place::next);
}

reading feed(detector& of, double x, double t) {
  return of.update(std::array<double, 1>{x}, t);
}

// The state of each part.
std::vector<std::string> saved(detector& of) {
  std::vector<std::string> states;
  for (const detector_entry& entry : detectors()) {
    if (entry.runs({})) of.save(entry.tag, states.emplace_back());
  }
  return states;
}

TEST(detector, neither_judges_nor_learns_a_late_point) {
  const detector_settings settings;
  detector with(settings, 1);
  detector without(settings, 1);
  noise_source noise(3);
  for (int i = 0; i < 600; ++i) {
    const double x = noise.normal();
    const reading a = feed(with, x, 60.0 * i);
    const reading b = feed(without, x, 60.0 * i);
    ASSERT_EQ(a.baseline.z, b.baseline.z);
    if (i % 7 != 6) continue;
    const reading late = feed(with, 1000, 60.0 * i - 3600);
    EXPECT_TRUE(late.late);
    EXPECT_FALSE(late.zscore_flagged || late.drift || late.alarm);
  }
}

// A wave of 600 points goes on at another place: whatever the course before the hole let expect says nothing.
TEST(detector, flags_no_point_after_a_hole_for_the_course_before_it_and_a_spike_soon_after) {
  const detector_settings settings;
  detector of(settings, 1);
  noise_source noise(4);
  const auto value = [&](int i) { return 20 * std::sin(0.01 * i) + 0.1 * noise.normal(); };
  for (int i = 0; i < 2000; ++i) feed(of, value(i), 60.0 * i);
  for (int i = 2300; i < 2320; ++i) {
    const reading seen = feed(of, value(i), 60.0 * i);
    EXPECT_EQ(seen.after_hole, i < 2304);
    EXPECT_FALSE(seen.zscore_flagged) << i;
  }
  EXPECT_TRUE(feed(of, value(2320) + 5, 60.0 * 2320).zscore_flagged);
}

TEST(detector, carries_the_reading_of_every_feature) {
  const detector_settings settings;
  detector of(settings, 3);
  noise_source noise(5);
  for (int i = 0; i < 300; ++i) {
    of.update(std::array<double, 3>{noise.normal(), 10 + noise.normal(), 20 + noise.normal()}, 60.0 * i);
  }
  const reading seen = of.update(std::array<double, 3>{0, 10, 90}, 60.0 * 300);
  ASSERT_EQ(seen.features.size(), 3U);
  EXPECT_NEAR(seen.features[1].baseline.expected, 10, 2);
  EXPECT_TRUE(seen.features[2].zscore_flagged);
  EXPECT_FALSE(seen.features[0].zscore_flagged);
  EXPECT_EQ(seen.feature, 2U);
}

TEST(detector, alarms_for_sixteen_quiet_features_about_as_often_as_for_one) {
  const detector_settings settings;
  const auto alarms = [&](std::size_t features, int streams) {
    int count = 0;
    for (int stream = 0; stream < streams; ++stream) {
      detector of(settings, features);
      noise_source noise(static_cast<std::uint64_t>(stream) + 1);
      std::vector<double> values(features);
      for (int i = 0; i < 1500; ++i) {
        for (double& x : values) x = noise.normal();
        count += of.update(values, 60.0 * i).alarm ? 1 : 0;
      }
    }
    return count;
  };
  EXPECT_LE(alarms(16, 4), 2 * alarms(1, 4) + 2);
}

TEST(detector, continues_bit_for_bit_after_a_restore_in_the_middle_of_a_hole) {
  const detector_settings settings;
  detector original(settings, 1);
  noise_source noise(6);
  for (int i = 0; i < 400; ++i) feed(original, noise.normal(), 60.0 * i);
  feed(original, 1, 60.0 * 900);
  const std::vector<std::string> states = saved(original);
  detector restored(settings, 1);
  std::size_t at = 0;
  for (const detector_entry& entry : detectors()) {
    if (!entry.runs(settings)) continue;
    ASSERT_TRUE(restored.restore(entry.tag, states[at++], settings));
  }
  for (int i = 901; i < 1500; ++i) {
    const double x = noise.normal();
    const double t = i % 50 == 0 ? 0 : 60.0 * i;
    ASSERT_EQ(feed(original, x, t).baseline.z, feed(restored, x, t).baseline.z);
  }
  EXPECT_EQ(saved(original), saved(restored));
}

}  // namespace
}  // namespace spindrift
