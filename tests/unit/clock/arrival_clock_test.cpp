#include "server/clock/arrival_clock.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace spindrift {
namespace {

constexpr std::int64_t noon = 1'764'000'000'000;
constexpr std::int64_t hour = 3'600'000;

TEST(arrival_clock, is_the_wall_clock_while_that_goes_on) {
  arrival_clock clock;
  for (std::int64_t passed : {0, 1, 1, 500, 90'000}) {
    const auto told = clock.read(noon + passed, 7 + passed);
    EXPECT_EQ(told.wall_ms, noon + passed);
    EXPECT_EQ(told.set_back_ms, 0);
  }
}

TEST(arrival_clock, follows_a_wall_clock_that_is_set_forward) {
  arrival_clock clock;
  clock.read(noon, 0);
  EXPECT_EQ(clock.read(noon + hour, 10).wall_ms, noon + hour);
}

TEST(arrival_clock, goes_on_at_half_speed_from_where_it_was_when_the_wall_clock_is_set_back) {
  arrival_clock clock;
  clock.read(noon, 0);
  const auto told = clock.read(noon - hour + 10, 10);
  EXPECT_EQ(told.wall_ms, noon + 10);
  EXPECT_EQ(told.set_back_ms, hour);
  const auto later = clock.read(noon - hour + 1'010, 1'010);
  EXPECT_EQ(later.wall_ms, noon + 10 + 500);
  EXPECT_EQ(later.set_back_ms, 0) << "it is said once";
}

// However finely it is asked.
TEST(arrival_clock, never_runs_backwards_and_catches_up_after_twice_the_time) {
  arrival_clock clock;
  clock.read(noon, 0);
  std::int64_t before = noon;
  for (std::int64_t passed = 1; passed <= 10'000; ++passed) {
    const std::int64_t told = clock.read(noon - 4'000 + passed, passed).wall_ms;
    ASSERT_GE(told, before) << passed;
    before = told;
    if (std::abs(passed - 8'000) > 2) {
      ASSERT_EQ(told > noon - 4'000 + passed, passed < 8'000) << passed;
    }
  }
}

TEST(arrival_clock, takes_the_wall_clock_as_soon_as_that_is_set_right_and_knows_of_the_next_time) {
  arrival_clock clock;
  clock.read(noon, 0);
  clock.read(noon - hour, 0);
  EXPECT_EQ(clock.read(noon + 60'000, 60'000).wall_ms, noon + 60'000);
  const auto again = clock.read(noon + 70'000 - hour, 70'000);
  EXPECT_EQ(again.wall_ms, noon + 70'000);
  EXPECT_EQ(again.set_back_ms, hour);
}

TEST(arrival_clock, is_not_disturbed_by_a_millisecond_between_the_two_clocks) {
  arrival_clock clock;
  clock.read(noon + 1, 0);
  const auto told = clock.read(noon + 1, 1);
  EXPECT_EQ(told.wall_ms, noon + 1);
  EXPECT_EQ(told.set_back_ms, 0);
}

}  // namespace
}  // namespace spindrift
