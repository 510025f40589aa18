// How often points come, which gaps are holes, and when a stream is silent.
#include "server/events/interval_habit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "server/detect/archive.hpp"

namespace spindrift {
namespace {

// So many points a second apart; the time of the last.
std::int64_t tick_each_second(interval_habit& habit, int points) {
  for (int i = 0; i < points; ++i) habit.update(1'000LL * i);
  return habit.newest();
}

TEST(interval_habit, is_not_known_at_first) {
  interval_habit habit;
  EXPECT_EQ(habit.silent_after(), interval_habit::never);
  tick_each_second(habit, 4);
  EXPECT_EQ(habit.silent_after(), interval_habit::never);
  EXPECT_EQ(habit.unreadable_after(), interval_habit::never);
  habit.update(4'000);
  EXPECT_NE(habit.silent_after(), interval_habit::never);
  EXPECT_EQ(habit.usual_interval(), 0) << "of fewer than 20 points";
}

TEST(interval_habit, is_the_usual_interval_whatever_single_gaps_are) {
  interval_habit habit;
  std::int64_t ts = 0;
  for (int i = 0; i < 300; ++i) habit.update(ts += i % 50 == 49 ? 20'000 : 1'000);
  EXPECT_NEAR(habit.usual_interval(), 1'000, 100);
}

TEST(interval_habit, calls_a_gap_a_hole_that_it_does_not_explain) {
  interval_habit habit;
  const std::int64_t last = tick_each_second(habit, 200);
  const auto found = habit.update(last + 60'000);
  EXPECT_TRUE(found.hole);
  EXPECT_EQ(found.gap_ms, 60'000);
  EXPECT_EQ(found.newest, last);
  EXPECT_NEAR(found.nines, -std::log10(0.5 / 201), 1e-9);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(habit.is_fresh()) << i;
    EXPECT_FALSE(habit.update(last + 60'000 + 1'000 * i).hole);
  }
  EXPECT_FALSE(habit.is_fresh());
}

TEST(interval_habit, takes_no_gap_below_half_a_minute_or_of_a_young_stream_for_a_hole) {
  interval_habit habit;
  EXPECT_FALSE(habit.update(tick_each_second(habit, 200) + 29'999).hole);
  interval_habit young;
  EXPECT_FALSE(young.update(tick_each_second(young, 100) + 3'600'000).hole);
}

TEST(interval_habit, holds_any_two_times) {
  interval_habit habit;
  habit.update(INT64_MIN);
  EXPECT_EQ(habit.update(INT64_MAX).gap_ms, INT64_MAX);
  EXPECT_TRUE(habit.update(INT64_MIN).late);
  EXPECT_TRUE(habit.update(INT64_MAX).repeat);
  habit.skip_to(INT64_MIN);
  EXPECT_EQ(habit.newest(), INT64_MAX);
}

TEST(interval_habit, thinks_nothing_of_a_time_that_it_was_told_to_skip) {
  interval_habit habit;
  const std::int64_t later = tick_each_second(habit, 200) + 86'400'000;
  habit.skip_to(later);
  const auto next = habit.update(later);
  EXPECT_FALSE(next.hole);
  EXPECT_NEAR(static_cast<double>(next.gap_ms), 1'000, 50);
  habit.skip_to(later - 5'000);
  EXPECT_EQ(habit.newest(), later) << "never back";
}

TEST(interval_habit, goes_on_where_it_was_saved_whatever_gaps_it_had) {
  const auto bytes_of = [](interval_habit& one) {
    std::string bytes;
    state_writer out(bytes);
    out(one);
    return bytes;
  };
  interval_habit habit;
  std::int64_t ts = tick_each_second(habit, 200);
  // Of each octave, those of the last ones included that few streams ever have.
  for (int octave = 2; octave < 20; ++octave) {
    habit.update(ts += 1'000LL << octave);
    habit.update(ts += 1'000);
    const std::string bytes = bytes_of(habit);
    interval_habit back;
    state_reader in(bytes);
    in(back);
    EXPECT_TRUE(in.ok());
    EXPECT_EQ(bytes_of(back), bytes) << octave;
    EXPECT_EQ(back.silent_after(), habit.silent_after()) << octave;
  }
}

}  // namespace
}  // namespace spindrift
