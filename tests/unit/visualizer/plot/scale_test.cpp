#include "visualizer/plot/scale.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spindrift {
namespace {

constexpr double now = 1'764'000'123;

TEST(scale, leaves_a_tenth_of_a_second_of_today_as_it_is) {
  const axis_range shown = opened_x({now, now + 0.1});
  EXPECT_EQ(shown.least, now);
  EXPECT_EQ(shown.most, now + 0.1);
}

TEST(scale, opens_one_time_by_half_a_second) {
  const axis_range shown = opened_x({now, now});
  EXPECT_EQ(shown.least, now - 0.5);
  EXPECT_EQ(shown.most, now + 0.5);
}

TEST(scale, opens_the_largest_number_of_a_point) {
  const double largest = std::ldexp(1, 53);
  const axis_range shown = opened_x({largest, largest});
  EXPECT_LT(shown.least, shown.most);
}

TEST(scale, shows_a_small_ripple_on_a_large_value) {
  const axis_range shown = opened_values({1e9, 1e9 + 0.5});
  EXPECT_EQ(shown.most, 1e9 + 0.5);
  EXPECT_EQ(value_format(shown), "%.12g");
}

TEST(scale, opens_values_that_are_all_the_same) {
  for (const double value : {0.0, -3.0, 1e300, 5e-324}) {
    const axis_range shown = opened_values({value, value});
    EXPECT_LT(shown.least, shown.most) << value;
    EXPECT_TRUE(std::isfinite(shown.most - shown.least)) << value;
  }
}

TEST(scale, divides_time_as_people_do) {
  EXPECT_EQ(time_step(0.05, 6), 0.01);
  EXPECT_EQ(time_step(60, 6), 10);
  EXPECT_EQ(time_step(86'400, 8), 10'800);
  EXPECT_EQ(time_step(400.0 * 86'400, 8), 0);
}

TEST(scale, writes_of_a_time_what_tells_ticks_apart) {
  EXPECT_EQ(time_tick(now + 0.005, 0.005, 0.02), "16:02:03.005");
  EXPECT_EQ(time_tick(now + 0.9999999, 0.2, 1), "16:02:04.0");
  EXPECT_EQ(time_tick(now, 5, 30), "16:02:03");
  EXPECT_EQ(time_tick(now, 600, 3'600), "16:02");
  EXPECT_EQ(time_tick(now, 43'200, 3 * 86'400), "11-24 16:02");
  EXPECT_EQ(time_tick(now, 86'400, 9 * 86'400), "11-24");
  EXPECT_EQ(time_tick(1e18, 1, 1), "");
  EXPECT_EQ(date_format(400.0 * 86'400), "%Y-%m-%d");
}

TEST(scale, keeps_usual_values_short) {
  EXPECT_EQ(value_format({0, 30}), "%g");
  EXPECT_EQ(value_format({1, 1}), "%g");
}

TEST(scale, has_no_more_ticks_of_values_than_there_is_room_for) {
  EXPECT_EQ(value_step({0, 45}, 4), 20) << "0, 20, 40; with 10 they would be five";
  EXPECT_EQ(value_step({0, 45}, 9), 5);
  EXPECT_EQ(value_step({-1, 1}, 10), 0.2);
  EXPECT_DOUBLE_EQ(value_step({1'013.2, 1'013.203}, 4), 0.001);
  EXPECT_EQ(value_step({3, 3}, 4), 0);
  EXPECT_EQ(value_step({-1.7e308, 1.7e308}, 4), 0) << "no double holds the range";
}

}  // namespace
}  // namespace spindrift
