#include "server/detect/timed_zscore.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

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
    const bool flagged = by_.update(x, hour * hours_, hour, false).baseline.anomaly;
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
  for (int i = 0; i < 5'000; ++i) flagged += zscore.update(i, 300.0 * i, 300, false).baseline.anomaly ? 1 : 0;
  EXPECT_EQ(flagged, 0);
}

}  // namespace
}  // namespace spindrift
