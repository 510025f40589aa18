// A meter that no longer comes to nought.
#include "server/events/nought_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

class nought : public testing::Test {
protected:
  // How many were told.
  int add(int points, double value) {
    int told = 0;
    for (int i = 0; i < points; ++i) {
      observed_point point = observed(n_++, value);
      const auto found = watch_.update(point);
      if (!found) continue;
      ++told;
      last_ = *found;
    }
    return told;
  }
  // Half of the points are nought, with stretches of five others.
  int add_usual(int rounds) {
    int told = 0;
    for (int i = 0; i < rounds; ++i) told += add(5, 0) + add(5, 7);
    return told;
  }

  nought_watch watch_;
  std::uint64_t n_ = 1;
  finding last_;
};

TEST_F(nought, that_stays_away_for_longer_than_ever_is_told_once) {
  EXPECT_EQ(add_usual(100), 0);
  EXPECT_EQ(add(39, 0.6), 0) << "three times the longest stretch and some";
  EXPECT_EQ(add(3'000, 0.6), 1);
  EXPECT_EQ(last_.kind, event_kind::pattern);
  EXPECT_EQ(last_.direction, event_direction::up);
  EXPECT_FLOAT_EQ(static_cast<float>(last_.value), 0.6F);
  EXPECT_EQ(last_.expected, 0);
  EXPECT_EQ(last_.from_n, 996U) << "with the five others before";
}

TEST_F(nought, that_came_back_may_be_told_again) {
  add_usual(100);
  EXPECT_EQ(add(60, 1), 1);
  EXPECT_EQ(add(60, 0), 0);
  EXPECT_EQ(add(180, 1), 0) << "three times as long as the last, which is known now";
  EXPECT_EQ(add(60, 1), 1);
}

TEST_F(nought, that_is_seldom_is_not_missed) {
  for (int i = 0; i < 300; ++i) add(1, 0), add(2, 5);
  EXPECT_EQ(add(1'000, 5), 0);
}

TEST_F(nought, of_a_value_that_may_fall_below_it_is_chance) {
  add_usual(100);
  add(1, -1);
  EXPECT_EQ(add(1'000, 1), 0);
}

TEST_F(nought, of_a_young_stream_is_not_known) {
  add_usual(30);
  EXPECT_EQ(add(100, 1), 0);
}

}  // namespace
}  // namespace spindrift
