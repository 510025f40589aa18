// Goal: a level is new where the stream has not been, and only there.
#include "server/events/level_range.hpp"

#include <gtest/gtest.h>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

template <class Range>
void follow(Range& range, int points, double value) {
  for (int i = 0; i < points; ++i) range.learn(value, value, false);
}

TEST(level_range, knows_a_range_after_some_blocks) {
  level_range range;
  follow(range, 500, 10);
  EXPECT_FALSE(range.is_known());
  follow(range, 12, 10);
  EXPECT_TRUE(range.is_known());
}

TEST(level_range, calls_only_that_new_which_lies_beyond_in_the_direction_of_the_change) {
  level_range range;
  support::noise_source noise(1);
  for (int i = 0; i < 1'000; ++i) {
    const double value = 10 + 0.1 * noise.normal();
    range.learn(value, value, false);
  }
  EXPECT_FALSE(range.is_new(1, 0.1));
  EXPECT_FALSE(range.is_beyond());
  follow(range, 30, 15);
  EXPECT_TRUE(range.is_new(1, 0.1));
  EXPECT_FALSE(range.is_new(-1, 0.1));
  EXPECT_TRUE(range.is_beyond());
  range.accept();
  EXPECT_FALSE(range.is_new(1, 0.1));
}

TEST(level_range, calls_no_place_new_that_the_stream_comes_by) {
  level_range range;
  for (int turn = 0; turn < 10; ++turn) {
    follow(range, 128, 10);
    follow(range, 128, 15);
  }
  EXPECT_FALSE(range.is_new(1, 0.1));
  EXPECT_FALSE(range.is_new(-1, 0.1));
}

TEST(level_range, leaves_the_newest_points_out_of_the_range_and_all_while_it_is_frozen) {
  level_range range;
  follow(range, 640, 10);
  follow(range, 64, 15);
  EXPECT_TRUE(range.is_new(1, 0.1));
  for (int i = 0; i < 320; ++i) range.learn(15, 15, true);
  EXPECT_TRUE(range.is_new(1, 0.1));
  follow(range, 320, 15);
  EXPECT_FALSE(range.is_new(1, 0.1));
}

TEST(level_range, does_not_widen_by_a_spike) {
  level_range range;
  follow(range, 640, 10);
  range.learn(1e6, 10, false);
  follow(range, 320, 10);
  follow(range, 64, 15);
  EXPECT_TRUE(range.is_new(1, 0.1));
}

TEST(level_range, stands_where_its_points_are_all_about_the_same) {
  standing_range still;
  follow(still, 200, 12);
  EXPECT_TRUE(still.is_steady());
  standing_range swinging;
  for (int i = 0; i < 200; ++i) {
    const double value = i % 2 == 0 ? 12 : -8;
    swinging.learn(value, value, false);
  }
  EXPECT_FALSE(swinging.is_steady());
}

TEST(level_range, goes_on_with_a_slope) {
  level_range range;
  for (int i = 0; i < 3'000; ++i) range.learn(0.1 * i, 0.1 * i, false);
  EXPECT_FALSE(range.is_new(1, 0.1));
}

}  // namespace
}  // namespace spindrift
