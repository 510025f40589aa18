// Values that go together, and the moment at which they no longer do.
#include "server/events/relation_watch.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

class related_values : public testing::Test {
protected:
  std::optional<relation_reading> add(relation_watch& watch, const std::vector<double>& values, std::size_t odd = 0) {
    std::vector<feature_reading> features(values.size());
    if (odd < features.size()) features[odd].baseline.z = 4;
    reading seen;
    seen.features = features;
    return watch.update(values, seen);
  }
  // Points of so many values, of which `second` follows `first` but for its sign and some noise.
  std::optional<relation_reading> together(relation_watch& watch, int points, double factor, std::size_t features = 2,
                                           std::size_t first = 0, std::size_t second = 1) {
    std::optional<relation_reading> found;
    for (int i = 0; i < points && !found; ++i) {
      std::vector<double> values(features);
      for (double& one : values) one = noise_.normal();
      values[second] = factor * values[first] + 0.2 * noise_.normal();
      found = add(watch, values, second);
    }
    return found;
  }

  support::noise_source noise_{3};
};

TEST_F(related_values, are_told_apart_when_they_no_longer_go_together) {
  relation_watch watch(2);
  EXPECT_FALSE(together(watch, 2'000, 1));
  const auto apart = together(watch, 100, -3);
  ASSERT_TRUE(apart);
  EXPECT_EQ(apart->feature, 1U) << "the one that its own baseline finds odd";
  EXPECT_EQ(apart->partner, 0U);
  EXPECT_GE(std::abs(apart->z), 5);
  EXPECT_GT(apart->correlation, 0.82);
  EXPECT_NEAR(std::abs(apart->z), 0.7978845608 * std::abs(apart->residual) / apart->usual, 0.1);
}

TEST_F(related_values, may_go_against_each_other) {
  relation_watch watch(2);
  EXPECT_FALSE(together(watch, 2'000, -1));
  const auto apart = together(watch, 100, 3);
  ASSERT_TRUE(apart);
  EXPECT_LT(apart->correlation, -0.82);
}

// Two pressures in hPa: of a first value that is far from nought no variance is made.
TEST_F(related_values, may_lie_far_from_nought) {
  for (const double level : {1'013.0, -1e6}) {
    relation_watch watch(2);
    std::optional<relation_reading> apart;
    for (int i = 0; i < 2'100 && !apart; ++i) {
      const double one = noise_.normal();
      apart = add(watch, {level + one, level + (i < 2'000 ? 1 : -3) * one + 0.2 * noise_.normal()});
      ASSERT_TRUE(!apart || i >= 2'000);
    }
    EXPECT_TRUE(apart) << level;
  }
}

TEST_F(related_values, that_were_never_related_cannot_come_apart) {
  relation_watch watch(2);
  for (int i = 0; i < 3'000; ++i) {
    EXPECT_FALSE(add(watch, {noise_.normal(), (i > 2'000 ? 10 : 1) * noise_.normal()})) << i;
  }
}

TEST_F(related_values, are_judged_from_250_points_on) {
  relation_watch young(2);
  EXPECT_FALSE(together(young, 200, 1));
  EXPECT_FALSE(together(young, 50, -3));
}

TEST_F(related_values, are_all_pairs_of_eight_but_of_more_each_with_the_next_three) {
  relation_watch eight(8);
  EXPECT_FALSE(together(eight, 2'000, 1, 8, 0, 7));
  EXPECT_TRUE(together(eight, 100, -3, 8, 0, 7));
  relation_watch near(9);
  EXPECT_FALSE(together(near, 2'000, 1, 9, 0, 3));
  EXPECT_TRUE(together(near, 100, -3, 9, 0, 3));
  relation_watch far(9);
  EXPECT_FALSE(together(far, 2'000, 1, 9, 0, 4));
  EXPECT_FALSE(together(far, 100, -3, 9, 0, 4));
}

TEST_F(related_values, are_left_alone_where_one_is_no_number_or_there_is_one_alone) {
  relation_watch one(1);
  EXPECT_FALSE(add(one, {1}));
  relation_watch watch(2);
  EXPECT_FALSE(together(watch, 2'000, 1));
  for (const double odd : {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    for (int i = 0; i < 50; ++i) EXPECT_FALSE(add(watch, {1, odd}));
  }
  EXPECT_FALSE(together(watch, 500, 1)) << "and nothing was learned from it";
}

}  // namespace
}  // namespace spindrift
