#include "server/detect/timed_zscore.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <memory>
#include <numbers>
#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/judged.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr double hour = 3'600;

class hourly {
public:
  explicit hourly(unsigned seed) : noise_(seed) {}

  // The next hour of a daily wave, with so much more.
  bool is_flagged(double more) {
    const double x = 50 + 20 * std::sin(2 * std::numbers::pi * hours_ / 24) + 2 * noise_.normal() + more;
    const bool flagged = support::judge(by_, x, hour * hours_, hour).baseline.anomaly;
    ++hours_;
    return flagged;
  }
  void pass(int hours) {
    for (int i = 0; i < hours; ++i) is_flagged(0);
  }

private:
  support::noise_source noise_;
  zscore_settings settings_;
  timed_zscore by_{settings_};
  int hours_ = 0;
};

TEST(timed_zscore, does_not_excuse_a_spike_by_one_that_came_at_the_same_hour_once) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    hourly one(seed);
    one.pass(60);
    EXPECT_TRUE(one.is_flagged(40)) << seed;
    one.pass(23 + 24);
    EXPECT_TRUE(one.is_flagged(40)) << seed;
  }
}

TEST(timed_zscore, gets_used_to_what_comes_each_day_at_the_same_hour) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    hourly one(seed);
    one.pass(12);
    int flagged = 0;
    for (int day = 0; day < 20; ++day) {
      flagged += one.is_flagged(40) && day >= 6 ? 1 : 0;
      one.pass(23);
    }
    EXPECT_LE(flagged, 1) << seed;
  }
}

// A clock takes all of a line but rounding, 1e-7 where the values are a step of 1 apart.
TEST(timed_zscore, takes_rounding_for_nothing_odd) {
  const zscore_settings settings;
  timed_zscore zscore(settings);
  int flagged = 0;
  for (int i = 0; i < 5'000; ++i) flagged += support::judge(zscore, i, 300.0 * i, 300).baseline.anomaly ? 1 : 0;
  EXPECT_EQ(flagged, 0);
}

// Before the first anomaly and behind it, with points that are no numbers and holes on the way; times of many hours.
TEST(timed_zscore, continues_bit_for_bit_after_a_restore) {
  const auto bytes_of = [](timed_zscore& one) {
    std::string bytes;
    state_writer writer(bytes);
    one.visit_state(writer);
    return bytes;
  };
  const zscore_settings settings;
  for (const int odd_at : {0, 7, 150, 1'000}) {
    support::noise_source noise(3);
    auto uncut = std::make_unique<timed_zscore>(settings);
    auto restored = std::make_unique<timed_zscore>(settings);
    for (int i = 0; i < 600; ++i) {
      const bool is_spike = i > 400 && i % 50 < 2;
      double x = noise.normal() + (is_spike ? 30 : 0);
      if (i == odd_at) x = std::numeric_limits<double>::quiet_NaN();
      const bool after_hole = i == odd_at + 5;
      const support::judged_point one = support::judge(*uncut, x, 400.0 * i, 400, after_hole);
      const support::judged_point other = support::judge(*restored, x, 400.0 * i, 400, after_hole);
      ASSERT_EQ(one.baseline.z, other.baseline.z) << i;
      ASSERT_EQ(one.beat, other.beat) << i;
      if (i % 13 == 0) {
        const std::string bytes = bytes_of(*restored);
        restored = std::make_unique<timed_zscore>(settings);
        state_reader reader(bytes);
        restored->visit_state(reader);
        ASSERT_TRUE(reader.ok());
      }
      ASSERT_EQ(bytes_of(*uncut), bytes_of(*restored)) << odd_at << ", " << i;
    }
  }
}

}  // namespace
}  // namespace spindrift
