#include "server/detect/run_habit.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

// A run of flagged points behind quiet ones: how many of them are taken for a change.
int changed(run_habit& by, int points, int side = 1) {
  for (int i = 0; i < 20; ++i) by.update(0);
  int count = 0;
  for (int i = 0; i < points; ++i) count += by.update(side) ? 1 : 0;
  by.update(0);
  return count;
}

TEST(run_habit, takes_the_third_in_a_row_for_a_change_where_anomalies_are_single) {
  run_habit one;
  for (int i = 0; i < 60; ++i) EXPECT_EQ(changed(one, i % 20 == 0 ? 2 : 1), 0);
  EXPECT_EQ(changed(one, 9), 7);
  EXPECT_EQ(changed(one, 9, -1), 7);
}

TEST(run_habit, knows_nothing_of_a_stream_that_has_shown_few) {
  run_habit one;
  for (int i = 0; i < 9; ++i) changed(one, 1);
  EXPECT_EQ(changed(one, 9), 0);
}

TEST(run_habit, lets_bursts_be_bursts_where_they_are_usual) {
  run_habit one;
  for (int i = 0; i < 30; ++i) changed(one, 8);
  EXPECT_EQ(changed(one, 8), 0);
}

TEST(run_habit, gets_used_to_bursts_that_come_later) {
  run_habit one;
  for (int i = 0; i < 100; ++i) changed(one, 1);
  EXPECT_GT(changed(one, 8), 0);
  for (int i = 0; i < 60; ++i) changed(one, 8);
  EXPECT_EQ(changed(one, 8), 0);
}

TEST(run_habit, begins_anew_on_the_other_side) {
  run_habit one;
  for (int i = 0; i < 60; ++i) changed(one, 1);
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(one.update(i % 2 == 0 ? 1 : -1));
}

}  // namespace
}  // namespace spindrift
