// The event alarm as a whole: when it fires, when it must not, and that nothing from outside can upset it.
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/ensemble/ensemble.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr double five_minutes = 300.0;

// A daily wave of 5-minute points in noise: what the ensemble is made for.
class daily_stream {
public:
  explicit daily_stream(std::uint64_t seed) : noise_(seed) {}

  double time() const { return 1388966400.0 + five_minutes * n_; }
  double next() {
    const double phase = 2.0 * support::pi * (n_ % 288) / 288.0;
    ++n_;
    return 50.0 + 10.0 * support::steady_sin(phase) + noise_.normal();
  }

private:
  support::noise_source noise_;
  int n_ = 0;
};

std::string saved(ensemble& detector) {
  std::string bytes;
  state_writer writer(bytes);
  detector.visit_state(writer);
  return bytes;
}

// A stream of everything: waves, jumps, constants, extremes, times that leap.
std::pair<double, double> wild_point(support::noise_source& noise, int i) {
  const double sign = noise.chance(0.5) ? 1.0 : -1.0;
  double x = noise.normal() + 20.0 * (i / 700 % 3);
  if (i % 1000 > 900) x = 7.0;
  if (noise.chance(0.01)) x = sign * support::steady_exp(noise.uniform(-690.0, 690.0));
  if (noise.chance(0.002)) x = sign * std::numeric_limits<double>::max();
  double t = 60.0 * i;
  if (noise.chance(0.05)) t = sign * support::steady_exp(noise.uniform(0.0, 690.0));
  return {x, t};
}

TEST(ensemble, validates_its_settings) {
  EXPECT_TRUE(ensemble_settings{}.validate().empty());
  EXPECT_EQ((ensemble_settings{0.0, 100}.validate().size()), 1U);
  EXPECT_EQ((ensemble_settings{std::nan(""), 2000000}.validate().size()), 2U);
}

// The parts have tests of their own; this one puts them together as docs/detection.md says and expects the same score.
TEST(ensemble, is_the_mean_of_its_groups_each_held_for_five_points) {
  support::noise_source noise(11);
  ensemble detector{ensemble_settings{}};
  range_score range;
  level_score level;
  time_of_day_score time_of_day;
  shape_blocks blocks;
  std::array<shape_course, 3> courses;
  calibration scale;
  std::deque<std::vector<double>> held;
  for (int i = 0; i < 3000; ++i) {
    const double x = noise.normal() + (i % 500 < 20 ? 4.0 : 0.0);
    const double t = 1.4e9 + five_minutes * i;
    std::array<double, 12> raw{range.update(x)};
    const auto levels = level.update(x);
    for (std::size_t k = 0; k < 4; ++k) raw[1 + k] = levels[k];
    const auto hours = time_of_day.update(x, t, level.last_500().variance());
    for (std::size_t k = 0; k < 4; ++k) raw[5 + k] = hours[k];
    const auto around = level.last_1000();
    for (std::size_t k = 0; k < 3; ++k) {
      if (blocks.add(k, x)) raw[9 + k] = courses[k].add(blocks.collapsed(k, around.mean()), around);
    }
    const auto surprises = scale.update(raw);
    std::vector<double> groups{surprises[0], 0.0, 0.0, 0.0};
    for (std::size_t k = 0; k < 4; ++k) groups[1] += surprises[1 + k] / 4.0;
    for (std::size_t k = 0; k < 4; ++k) groups[2] += surprises[5 + k] / 4.0;
    for (std::size_t k = 0; k < 3; ++k) groups[3] += surprises[9 + k] / 3.0;
    held.push_back(groups);
    if (held.size() > 5) held.pop_front();
    double expected = 0.0;
    for (std::size_t g = 0; g < 4; ++g) {
      double highest = 0.0;
      for (const auto& point : held) highest = std::max(highest, point[g]);
      expected += highest / 4.0;
    }
    ASSERT_NEAR(detector.update(x, t).score, expected, 5e-4 * (1.0 + expected)) << i;  // 11 bits of each are held
  }
}

TEST(ensemble, alarms_once_and_soon_when_the_level_jumps) {
  daily_stream stream(1);
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 3000; ++i) detector.update(stream.next(), stream.time());
  for (int i = 0; i < 120; ++i) stream.next();
  std::vector<int> alarms;
  for (int i = 0; i < 101; ++i) {
    const double t = stream.time();
    if (detector.update(stream.next() + 40.0, t).alarm) alarms.push_back(i);
  }
  ASSERT_EQ(alarms.size(), 1U);
  EXPECT_LE(alarms[0], 5);
}

TEST(ensemble, is_silent_for_its_first_fifty_points_whatever_they_are) {
  ensemble detector{{1e-9, 100}};
  support::noise_source noise(2);
  for (int i = 0; i < 50; ++i) {
    const auto reading = detector.update(i < 40 ? noise.normal() : 1e6 * i, five_minutes * i);
    ASSERT_FALSE(reading.alarm);
  }
  EXPECT_TRUE(detector.update(1e9, five_minutes * 50).alarm);
}

TEST(ensemble, raises_no_second_alarm_within_the_quiet_points) {
  for (const unsigned quiet_points : {0U, 1U, 7U, 100U}) {
    ensemble detector{{0.01, quiet_points}};
    support::noise_source noise(3);
    int last = -1000;
    int shortest = 1000;
    for (int i = 0; i < 3000; ++i) {
      if (!detector.update(noise.normal(), 60.0 * i).alarm) continue;
      shortest = std::min(shortest, i - last);
      last = i;
    }
    // With the threshold this low almost every point would alarm.
    EXPECT_EQ(shortest, static_cast<int>(quiet_points) + 1);
  }
}

TEST(ensemble, never_alarms_on_a_constant_stream) {
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 20000; ++i) ASSERT_EQ(detector.update(0.1, 60.0 * i).score, 0.0);
}

// The averages then differ by rounding alone, which must not pass for a moving level.
TEST(ensemble, stays_silent_when_a_noisy_stream_turns_constant) {
  support::noise_source noise(12);
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 2000; ++i) detector.update(50.3 + noise.normal(), five_minutes * i);
  int alarms = 0;
  for (int i = 2000; i < 60000; ++i) alarms += detector.update(50.3, five_minutes * i).alarm ? 1 : 0;
  EXPECT_LE(alarms, 1);
}

TEST(ensemble, alarms_when_a_constant_stream_changes) {
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 1000; ++i) detector.update(0.1, 60.0 * i);
  bool alarmed = false;
  for (int i = 0; i < 30; ++i) alarmed = detector.update(5.0, 60000.0 + 60.0 * i).alarm || alarmed;
  EXPECT_TRUE(alarmed);
}

TEST(ensemble, ignores_what_is_not_a_number) {
  support::noise_source noise(4);
  ensemble with{ensemble_settings{}};
  ensemble without{ensemble_settings{}};
  for (int i = 0; i < 500; ++i) {
    const double x = noise.normal();
    ASSERT_EQ(with.update(x, 60.0 * i).score, without.update(x, 60.0 * i).score);
    ASSERT_FALSE(with.update(std::nan(""), 60.0 * i).alarm);
    ASSERT_FALSE(with.update(std::numeric_limits<double>::infinity(), 60.0 * i).alarm);
  }
  EXPECT_EQ(saved(with), saved(without));
}

TEST(ensemble, stays_finite_and_small_on_a_stream_of_everything) {
  support::noise_source noise(5);
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 100000; ++i) {
    const auto [x, t] = wild_point(noise, i);
    const auto reading = detector.update(x, t);
    ASSERT_TRUE(std::isfinite(reading.score)) << i;
    ASSERT_GE(reading.score, 0.0) << i;
  }
  EXPECT_LE(detector.memory_bytes(), 37U * 1024U);
}

TEST(ensemble, still_sees_a_level_shift_after_an_absurd_value) {
  for (const double absurd : {1e308, -1e308, 1e30}) {
    daily_stream stream(6);
    ensemble detector{ensemble_settings{}};
    for (int i = 0; i < 8000; ++i) {
      const double t = stream.time();
      const double x = stream.next();
      detector.update(i == 3000 ? absurd : x, t);
    }
    bool alarmed = false;
    for (int i = 0; i < 100; ++i) {
      const double t = stream.time();
      alarmed = detector.update(stream.next() + 60.0, t).alarm || alarmed;
    }
    EXPECT_TRUE(alarmed) << absurd;
  }
}

TEST(ensemble, follows_a_stream_that_moves_far_beyond_its_range) {
  support::noise_source noise(7);
  ensemble detector{ensemble_settings{}};
  for (int i = 0; i < 1000; ++i) detector.update(noise.normal(), 60.0 * i);
  // 1e9 is eight widenings away; then the new level is learned and its own noise no longer alarms.
  int alarms = 0;
  for (int i = 1000; i < 9000; ++i) {
    const bool alarm = detector.update(1e9 + noise.normal(), 60.0 * i).alarm;
    if (i >= 4000 && alarm) ++alarms;
  }
  EXPECT_LE(alarms, 5);
}

TEST(ensemble, continues_bit_for_bit_from_a_saved_state) {
  support::noise_source noise(8);
  ensemble original{ensemble_settings{}};
  ensemble copy{ensemble_settings{}};
  for (int i = 0; i < 6000; ++i) {
    if (i == 0 || i == 1 || i == 30 || i == 77 || i == 333 || i == 1500 || i == 5000) {
      const auto bytes = saved(original);
      copy = ensemble{ensemble_settings{}};
      state_reader reader(bytes);
      copy.visit_state(reader);
      ASSERT_TRUE(reader.ok()) << i;
      ASSERT_EQ(reader.bytes_left(), 0U) << i;
    }
    const auto [x, t] = wild_point(noise, i);
    const auto expected = original.update(x, t);
    const auto reading = copy.update(x, t);
    ASSERT_EQ(reading.score, expected.score) << i;
    ASSERT_EQ(reading.alarm, expected.alarm) << i;
  }
  EXPECT_EQ(saved(original), saved(copy));
}

TEST(ensemble, refuses_or_survives_a_damaged_state) {
  support::noise_source noise(9);
  ensemble original{ensemble_settings{}};
  for (int i = 0; i < 400; ++i) original.update(noise.normal(), 300.0 * i);
  const auto bytes = saved(original);
  for (int round = 0; round < 400; ++round) {
    auto damaged = bytes;
    if (round % 4 == 0) {
      damaged.resize(noise.below(damaged.size()));
    } else {
      for (int k = 0; k < 3; ++k) damaged[noise.below(damaged.size())] = static_cast<char>(noise.below(256));
    }
    ensemble restored{ensemble_settings{}};
    state_reader reader(damaged);
    restored.visit_state(reader);
    ASSERT_TRUE(round % 4 != 0 || !reader.ok());
    if (!reader.ok()) continue;
    for (int i = 0; i < 60; ++i) restored.update(noise.normal(), 300.0 * i);
  }
}

TEST(ensemble, is_small_while_young) {
  daily_stream stream(10);
  ensemble detector{ensemble_settings{}};
  EXPECT_LE(detector.memory_bytes(), 3500U);
  for (int i = 0; i < 200; ++i) {
    const double t = stream.time();
    detector.update(stream.next(), t);
  }
  EXPECT_LE(detector.memory_bytes(), 11U * 1024U);
}

}  // namespace
}  // namespace spindrift
