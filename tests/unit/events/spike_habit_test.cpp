// Spikes that a stream is used to, and codes among its values.
#include "server/events/spike_habit.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(spike_habit, finds_three_spikes_news_and_the_fourth_of_the_same_height_none) {
  spike_habit habit;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    EXPECT_TRUE(habit.is_news(static_cast<double>(n), 10, 1'000)) << n;
    habit.learn(static_cast<double>(n), 10, 1'000);
  }
  EXPECT_FALSE(habit.is_news(4, 10, 1'000));
  EXPECT_FALSE(habit.is_news(4, 20, 1'000)) << "twice as high is not more than twice";
  EXPECT_TRUE(habit.is_news(4, 20.5, 1'000));
}

TEST(spike_habit, is_given_up_as_points_pass) {
  spike_habit habit;
  for (int i = 0; i < 100; ++i) habit.learn(i, 10, 1'000);
  EXPECT_FALSE(habit.is_news(-1, 10, 1'000 + 400 * 7)) << "it holds ten, and loses one in 400 points";
  EXPECT_TRUE(habit.is_news(-1, 10, 1'001 + 400 * 7));
}

TEST(spike_habit, knows_the_newest_four_values_to_the_last_bit) {
  spike_habit habit;
  EXPECT_FALSE(habit.is_code(0)) << "nothing was put there yet";
  for (const double value : {1.0, 2.0, 3.0, 4.0, 4.0}) habit.learn(value, 1, 1);
  EXPECT_TRUE(habit.is_code(1));
  habit.learn(5, 1, 1);
  EXPECT_FALSE(habit.is_code(1));
  EXPECT_TRUE(habit.is_code(5));
  EXPECT_FALSE(habit.is_code(5.000000000000001));
}

TEST(spike_habit, counts_levels_but_takes_none_of_their_values_for_a_code) {
  spike_habit habit;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(habit.is_level_news(10, 5));
    habit.learn_level(10, 5);
  }
  EXPECT_FALSE(habit.is_level_news(20, 5)) << "a level counts for one and a half spikes";
  EXPECT_TRUE(habit.is_level_news(21, 5));
  EXPECT_FALSE(habit.is_code(10));
}

TEST(spike_habit, has_no_more_to_say_of_codes_that_come_thick_until_they_have_stopped) {
  spike_habit habit;
  std::uint64_t n = 100;
  for (int i = 0; i < 4; ++i, n += 3) {
    EXPECT_FALSE(habit.is_strewn(n)) << i;
    habit.learn(85, 60, n);
  }
  for (int i = 0; i < 3; ++i, n += 3) habit.learn(85, 60, n);
  EXPECT_TRUE(habit.is_strewn(n));
  EXPECT_FALSE(habit.is_news(85, 1, n));
  EXPECT_FALSE(habit.is_strewn(n + 30)) << "one a ten points is forgotten";
  EXPECT_TRUE(habit.is_news(85, 1, n + 30)) << "a code, at last by itself again";
}

TEST(spike_habit, tells_each_of_codes_that_come_one_in_thirty) {
  spike_habit habit;
  for (std::uint64_t n = 100; n < 10'000; n += 30) {
    EXPECT_FALSE(habit.is_strewn(n)) << n;
    habit.learn(-127, 150, n);
  }
}

TEST(spike_habit, knows_a_way_that_was_accepted_twice) {
  spike_habit habit;
  EXPECT_FALSE(habit.is_known_way(28, 42));
  habit.accept_level(28, 42);
  EXPECT_FALSE(habit.is_known_way(28, 42));
  habit.accept_level(28.5, 41);
  EXPECT_TRUE(habit.is_known_way(28, 42));
  EXPECT_TRUE(habit.is_known_way(31, 44)) << "a quarter of the height";
  EXPECT_FALSE(habit.is_known_way(28, 46));
  EXPECT_FALSE(habit.is_known_way(20, 42));
  EXPECT_FALSE(habit.is_known_way(42, 28)) << "back is another way";
  habit.accept_level(10, 90);
  EXPECT_FALSE(habit.is_known_way(28, 42)) << "of one way at a time";
}

TEST(spike_habit, lets_a_height_fade) {
  spike_habit habit;
  habit.learn(1, 100, 1);
  for (int i = 0; i < 60; ++i) habit.learn(2, 1, 1);
  EXPECT_TRUE(habit.is_news(3, 15, 1)) << "100 is long ago";
  EXPECT_FALSE(habit.is_news(3, 5, 1));
}

}  // namespace
}  // namespace spindrift
