// Goal: a level is known once the stream has been at it three times and for a good part of its time, and no sooner.
#include "server/detect/known_levels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "server/detect/archive.hpp"
#include "server/detect/robust_zscore.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

// On and off by turns.
known_levels after(int turns) {
  known_levels levels;
  for (int i = 0; i < turns; ++i) {
    levels.leave(10, 1, 50);
    levels.leave(30, 1, 30);
  }
  return levels;
}

TEST(known_levels, knows_none_at_first) {
  EXPECT_EQ(known_levels().find(10, 0.1), nullptr);
  EXPECT_EQ(after(2).find(10, 0.1), nullptr);
}

TEST(known_levels, knows_those_that_the_stream_was_at_three_times) {
  const known_levels levels = after(3);
  ASSERT_NE(levels.find(12, 0.1), nullptr);
  EXPECT_EQ(levels.find(12, 0.1)->mean, 10);
  ASSERT_NE(levels.find(27, 0.1), nullptr);
  EXPECT_EQ(levels.find(27, 0.1)->mean, 30);
}

TEST(known_levels, takes_no_value_for_one_of_them_that_lies_further_from_it_than_its_values_do) {
  const known_levels levels = after(3);
  EXPECT_EQ(levels.find(20, 0.1), nullptr);
  EXPECT_EQ(levels.find(14.1, 0.1), nullptr);
  EXPECT_NE(levels.find(13.9, 0.1), nullptr);
  EXPECT_NE(levels.find(14.1, 2), nullptr) << "less than how its values are written is no scatter";
}

TEST(known_levels, does_not_get_used_to_an_outage) {
  known_levels levels;
  for (int i = 0; i < 50; ++i) {
    levels.leave(100, 5, 1'000);
    levels.leave(0, 0.1, 40);
  }
  EXPECT_NE(levels.find(100, 0.1), nullptr);
  EXPECT_EQ(levels.find(0, 0.1), nullptr);
}

TEST(known_levels, forgets_a_level_that_the_stream_comes_to_no_more) {
  known_levels levels = after(10);
  for (int i = 0; i < 20; ++i) {
    levels.leave(10, 1, 500);
    levels.leave(50, 1, 500);
  }
  EXPECT_EQ(levels.find(30, 0.1), nullptr);
  EXPECT_NE(levels.find(50, 0.1), nullptr);
}

TEST(known_levels, has_room_for_four_and_gives_that_of_the_least_away) {
  known_levels levels;
  for (int turn = 0; turn < 4; ++turn) {
    for (const double mean : {0.0, 10.0, 20.0, 30.0}) levels.leave(mean, 1, 100);
  }
  for (const double mean : {0.0, 10.0, 20.0, 30.0}) EXPECT_NE(levels.find(mean, 0.1), nullptr);
  for (int turn = 0; turn < 3; ++turn) levels.leave(40, 1, 400);
  EXPECT_NE(levels.find(40, 0.1), nullptr);
  EXPECT_EQ(levels.find(0, 0.1), nullptr);
}

TEST(known_levels, come_back_from_saved_state) {
  known_levels levels = after(3);
  std::string bytes;
  state_writer writer(bytes);
  writer(levels);
  known_levels read;
  state_reader reader(bytes);
  reader(read);
  ASSERT_NE(read.find(30, 0.1), nullptr);
  EXPECT_EQ(read.find(30, 0.1)->share, levels.find(30, 0.1)->share);
}

// Goal: behind an outage that stood at nought the noise is known again soon. Method: 100 +- 3 with three of 40 points;
// of the 400 behind the third few are as far off as a value of a known level can be (all were).
TEST(known_levels, give_the_scale_back_that_they_were_left_with) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  support::noise_source noise(1);
  int at_bound = 0;
  for (int i = 0; i < 3'500; ++i) {
    const bool is_down = i >= 1'000 && i % 1'000 < 40;
    const baseline_reading seen = zscore.update(is_down ? 0 : 100 + 3 * noise.normal());
    at_bound += i >= 3'040 && i < 3'440 && std::abs(seen.z) > 4.99 ? 1 : 0;
  }
  EXPECT_LT(at_bound, 60);
}

}  // namespace
}  // namespace spindrift
