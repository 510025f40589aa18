// Excursions that come with the hour, the day and the week.
#include "server/events/clock_habit.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>

#include "server/detect/archive.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t clock_minute = 60'000;
constexpr std::int64_t clock_hour = 60 * clock_minute;
constexpr std::int64_t clock_week = 7 * 24 * clock_hour;

void learn_every(clock_habit& habit, std::int64_t period, int times, std::int64_t begin = 0) {
  for (int i = 0; i < times; ++i) habit.learn(begin + i * period, true);
}

TEST(clock_habit, knows_what_comes_at_a_minute_of_the_hour) {
  clock_habit habit;
  learn_every(habit, clock_hour, 3);
  EXPECT_TRUE(habit.is_usual(3 * clock_hour + clock_minute, true));
  EXPECT_FALSE(habit.is_usual(3 * clock_hour + 2 * clock_minute, true)) << "a minute and a half, no more";
}

TEST(clock_habit, knows_what_comes_at_an_hour_of_the_week) {
  clock_habit habit;
  learn_every(habit, clock_week, 3);
  EXPECT_TRUE(habit.is_usual(3 * clock_week + 2 * clock_hour, true));
  EXPECT_FALSE(habit.is_usual(3 * clock_week + 24 * clock_hour, true));
}

TEST(clock_habit, lets_two_of_the_last_five_periods_be_missed) {
  clock_habit habit;
  learn_every(habit, 2 * clock_hour, 3);
  EXPECT_TRUE(habit.is_usual(5 * clock_hour, true)) << "one, three and five hours ago";
  EXPECT_FALSE(habit.is_usual(6 * clock_hour, true)) << "the third is six hours ago";
}

TEST(clock_habit, learns_nothing_from_the_same_one_again) {
  clock_habit habit;
  for (int i = 0; i < 3; ++i) learn_every(habit, clock_minute, 40, i * clock_hour);
  EXPECT_TRUE(habit.is_usual(3 * clock_hour, true));
  EXPECT_FALSE(habit.is_usual(3 * clock_hour + 10 * clock_minute, true));
}

TEST(clock_habit, keeps_the_newest_twelve) {
  clock_habit habit;
  learn_every(habit, clock_week, 3);
  learn_every(habit, 25 * clock_hour + 7 * clock_minute, 12, 2 * clock_week + 9 * clock_hour);
  EXPECT_FALSE(habit.is_usual(3 * clock_week, true));
}

// As a state of long ago has it, with a count of 32 bits.
TEST(clock_habit, goes_on_where_it_was_saved_whatever_was_counted) {
  std::array<std::uint32_t, 12> minutes{};
  std::array<bool, 12> is_up{};
  for (std::size_t i = 0; i < 12; ++i) minutes[i] = static_cast<std::uint32_t>(10'000 + i * 60);
  for (std::size_t i = 0; i < 12; ++i) is_up[i] = i % 3 != 0;
  for (std::uint32_t count : {12U, 32'767U, 32'768U, 100'003U}) {
    std::string bytes;
    state_writer out(bytes);
    out(minutes, is_up, count);
    clock_habit habit;
    state_reader in(bytes);
    in(habit);
    ASSERT_TRUE(in.ok());
    const std::int64_t next = (10'000 + 12 * 60) * clock_minute;
    EXPECT_TRUE(habit.is_usual(next, true)) << "one, two, four and five hours ago";
    EXPECT_FALSE(habit.is_usual(next, false)) << "three hours ago alone";
    // The oldest is the one that goes.
    habit.learn(20'000 * clock_minute, true);
    std::string after;
    state_writer again(after);
    again(habit);
    std::array<std::uint32_t, 12> kept{};
    state_reader of(after);
    of(kept);
    EXPECT_EQ(kept[count % 12], 20'000U) << count;
  }
}

TEST(clock_habit, takes_any_time) {
  clock_habit habit;
  for (const std::int64_t ts : {INT64_MIN, INT64_MAX, std::int64_t{-1}}) {
    habit.learn(ts, true);
    (void)habit.is_usual(ts, true);
  }
  EXPECT_FALSE(habit.is_usual(0, false));
}

}  // namespace
}  // namespace spindrift
