#include "server/detect/rare_value.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/robust_zscore.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;

const zscore_settings defaults;

TEST(rare_value, flags_the_fourth_outage_as_the_first) {
  robust_zscore zscore(defaults);
  for (int i = 0; i < 4000; ++i) {
    const bool down = i % 700 >= 660 && i > 1000;
    const baseline_reading seen = zscore.update(down ? 0 : 1);
    if (i > 1000 && i % 700 == 660) {
      EXPECT_TRUE(seen.anomaly) << i;
      EXPECT_TRUE(seen.rare);
    }
    if (!down && i > 40) {
      EXPECT_FALSE(seen.anomaly) << i;
    }
  }
}

// Longer than it takes to outvote the usual value, which has most of the time nevertheless.
TEST(rare_value, flags_an_outage_after_a_long_one) {
  robust_zscore zscore(defaults);
  for (int i = 0; i < 4000; ++i) {
    const bool down = (i >= 1200 && i < 1400) || (i >= 2400 && i < 2550) || i >= 3400;
    const baseline_reading seen = zscore.update(down ? 0 : 1);
    if (i == 1200 || i == 2400 || i == 3400) {
      EXPECT_TRUE(seen.anomaly) << i;
    }
    if (!down && i > 40) {
      EXPECT_FALSE(seen.anomaly) << i;
    }
  }
}

TEST(rare_value, says_nothing_of_what_is_too_near_and_flags_what_is_far) {
  robust_zscore zscore(defaults);
  for (int i = 0; i < 2400; ++i) {
    const baseline_reading seen = zscore.update(i % 220 == 219 ? 230.0001 : 230.0);
    ASSERT_FALSE(seen.anomaly) << i;
    ASSERT_LT(std::abs(seen.z), 5) << i;
  }
  const double small = zscore.update(230.5).z;
  zscore.update(230);
  const baseline_reading large = zscore.update(253);
  EXPECT_TRUE(large.anomaly);
  EXPECT_GT(large.z, small);
  EXPECT_LT(large.z, 1000);
}

TEST(rare_value, is_quiet_on_rare_counts_and_sees_a_hundred_times_the_usual) {
  int flagged = 0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(defaults);
    for (int i = 0; i < 4000; ++i) {
      flagged += zscore.update(noise.chance(0.06) ? std::floor(20 * noise.lognormal()) : 0).anomaly ? 1 : 0;
    }
    EXPECT_TRUE(zscore.update(20000).anomaly);
  }
  EXPECT_LE(flagged, 5 * 4);
}

TEST(rare_value, is_quiet_on_few_events_from_the_first_point_on) {
  int flagged = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(defaults);
    for (int i = 0; i < 1000; ++i) flagged += zscore.update(noise.poisson(0.05)).anomaly ? 1 : 0;
  }
  EXPECT_LE(flagged, 20);
}

TEST(rare_value, does_not_rule_a_wave_that_stands_at_its_bound_for_a_third_of_its_time) {
  rare_value values;
  for (int i = 0; i < 3000; ++i) {
    const double x = std::min(100.0, std::round(880 + 220 * std::sin(0.0436 * i)) / 10);
    ASSERT_FALSE(values.update(x).rules && i > 100) << i;
  }
}

TEST(rare_value, ranks_what_is_farther_higher_below_a_thousand) {
  double last = 0;
  for (const double size : {1.0, 2.0, 10.0, 1e3, 1e6, 1e100}) {
    rare_value values;
    for (int i = 0; i < 500; ++i) values.update(i % 100 == 50 ? 0.5 : 0);
    const rare_value::judgement seen = values.update(size);
    EXPECT_TRUE(seen.rules);
    EXPECT_GE(seen.z, last);
    EXPECT_LT(seen.z, 1000);
    EXPECT_LT(values.update(-size).z, 0);
    last = seen.z;
  }
}

TEST(zscore, draws_in_what_is_beyond_a_hundred_and_keeps_its_rank) {
  EXPECT_EQ(drawn_in(42), 42);
  EXPECT_EQ(drawn_in(-100), -100);
  EXPECT_LT(drawn_in(z_max), 1000);
  EXPECT_GT(drawn_in(1e8), drawn_in(1e7));
  EXPECT_LT(drawn_in(-1e8), drawn_in(-1e7));
}

TEST(rare_value, is_found_after_a_first_one_that_was_absurd) {
  rare_value watch;
  for (int i = 0; i < 60; ++i) watch.update(230);
  EXPECT_TRUE(watch.update(1e9).rare);
  for (int i = 0; i < 2'000; ++i) EXPECT_FALSE(watch.update(i % 100 == 50 ? 230.0001 : 230).rare);
  EXPECT_TRUE(watch.update(251).rare);
}

TEST(rare_value, continues_bit_for_bit_after_a_restore_in_a_stay) {
  noise_source noise(9);
  rare_value original;
  for (int i = 0; i < 900; ++i) original.update(noise.poisson(0.05));
  original.update(3);
  std::string bytes;
  state_writer writer(bytes);
  writer(original);
  rare_value restored;
  state_reader reader(bytes);
  reader(restored);
  ASSERT_TRUE(reader.ok());
  EXPECT_EQ(reader.bytes_left(), 0U);
  for (int i = 0; i < 3000; ++i) {
    const double x = i < 3 ? 3 : noise.poisson(0.05);
    ASSERT_EQ(original.update(x).z, restored.update(x).z);
  }
}

}  // namespace
}  // namespace spindrift
