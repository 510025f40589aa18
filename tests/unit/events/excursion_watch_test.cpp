// Flagged points, followed until it is known what they were.
#include "server/events/excursion_watch.hpp"

#include <gtest/gtest.h>

#include "tests/unit/events/observed.hpp"

namespace spindrift {
namespace {

constexpr double excursion_nines = 8;  // of every flagged point here, where nothing else is said

class excursion : public testing::Test {
protected:
  excursion_watch::answer add(double value, double nines = excursion_nines) {
    return watch_.update(observed(n_++, value), nines);
  }

  excursion_watch watch_;
  std::uint64_t n_ = 300;  // of the next point
};

TEST_F(excursion, that_is_back_at_once_is_a_spike_that_is_over) {
  EXPECT_FALSE(add(0).found);
  EXPECT_FALSE(add(10).found);
  EXPECT_TRUE(watch_.is_out());
  const auto told = add(0).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::spike);
  EXPECT_EQ(told->direction, event_direction::up);
  EXPECT_EQ(told->from_n, 301U);
  EXPECT_EQ(told->to_n, 301U);
  EXPECT_EQ(told->value, 10);
  EXPECT_EQ(told->size, 10);
  EXPECT_EQ(told->nines, 8);
  EXPECT_FALSE(watch_.is_out());
}

TEST_F(excursion, to_a_level_that_stands_firm_is_a_shift_at_its_fifth_point) {
  for (int i = 1; i <= 4; ++i) EXPECT_FALSE(add(-10).found) << i;
  const auto told = add(-10).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::shift);
  EXPECT_EQ(told->direction, event_direction::down);
  EXPECT_EQ(told->before, 0);
  EXPECT_EQ(told->after, -10);
  EXPECT_EQ(told->points, 5U);
  EXPECT_EQ(told->nines, 12) << "each further flagged point adds one, four at most";
}

TEST_F(excursion, that_does_not_stand_firm_is_a_shift_at_its_twelfth_point) {
  for (int i = 1; i <= 11; ++i) EXPECT_FALSE(add(i % 2 == 0 ? 10 : 30).found) << i;
  const auto told = add(10).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::shift);
  EXPECT_EQ(told->value, 30) << "the most extreme point";
}

TEST_F(excursion, that_is_very_far_off_is_a_shift_at_its_eighth_point_whatever_its_scatter) {
  for (int i = 1; i <= 7; ++i) EXPECT_FALSE(add(i % 2 == 0 ? 80 : 120).found) << i;
  const auto told = add(80).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::shift);
  EXPECT_EQ(told->points, 8U);
}

TEST_F(excursion, that_was_told_is_over_when_it_is_back) {
  for (int i = 1; i <= 5; ++i) (void)add(10);
  excursion_watch::answer last;
  for (int i = 0; i < 10 && !last.over; ++i) last = add(0);
  ASSERT_TRUE(last.over);
  EXPECT_EQ(last.over->kind, event_kind::shift);
  EXPECT_EQ(last.over->to_n, 304U);
  EXPECT_FALSE(last.found);
}

TEST_F(excursion, that_is_not_improbable_enough_is_not_told_but_said_to_have_been) {
  EXPECT_FALSE(add(6, 4.9).found);
  const auto ended = add(0);
  EXPECT_FALSE(ended.found);
  ASSERT_TRUE(ended.untold);
  EXPECT_EQ(ended.untold->size, 6);
}

TEST_F(excursion, of_a_young_stream_has_to_be_less_probable) {
  n_ = 20;
  (void)add(10, 7);
  EXPECT_FALSE(add(0).found) << "2.7 are for its youth";
  n_ = 220;
  (void)add(11, 7);
  EXPECT_TRUE(add(0).found);
}

TEST_F(excursion, of_a_stream_of_less_than_60_points_is_no_new_level) {
  n_ = 30;
  for (int i = 0; i < 29; ++i) EXPECT_FALSE(add(10, 16).found) << i;
}

TEST_F(excursion, is_as_well_known_as_it_will_be_when_the_point_is_sent_again) {
  (void)add(10, 4.5);
  const auto told = watch_.confirm().found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->nines, 5.5);
  EXPECT_FALSE(watch_.confirm().found) << "once";
  watch_.forget();
  EXPECT_FALSE(watch_.confirm().found);
}

TEST_F(excursion, to_a_value_that_was_a_spike_before_is_told_at_once_and_corrected_if_it_lasts) {
  (void)add(99);
  ASSERT_TRUE(add(0).found);
  const auto again = add(99).found;
  ASSERT_TRUE(again);
  EXPECT_EQ(again->kind, event_kind::spike);
  EXPECT_TRUE(again->stands_alone);
  for (int i = 2; i <= 4; ++i) EXPECT_FALSE(add(99).found) << i;
  const auto corrected = add(99);
  ASSERT_TRUE(corrected.found);
  EXPECT_EQ(corrected.found->kind, event_kind::shift);
  EXPECT_TRUE(corrected.is_correction);
}

TEST_F(excursion, to_both_sides_again_and_again_is_more_scatter) {
  rare_finding told;
  int points = 0;
  for (; points < 12 && !told; ++points) told = add(points % 2 == 0 ? 10 : -10).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::spread);
  EXPECT_EQ(points, 5);
  EXPECT_EQ(told->before, 1);
  EXPECT_EQ(told->after, 10);
}

TEST_F(excursion, whose_squares_are_infinite_has_the_farthest_distance_for_its_scatter) {
  rare_finding told;
  for (int points = 0; points < 12 && !told; ++points) told = add(points % 2 == 0 ? 1e160 : -1e160).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::spread);
  EXPECT_EQ(told->after, 1e160);
}

// A mean that is not far from the level before, of what such a scatter has, is no new level, though few are flagged.
TEST_F(excursion, to_both_sides_with_hardly_a_flag_is_no_level) {
  for (const double value : {6.0, 6.5, 6.0, 6.5}) EXPECT_FALSE(add(value).found);
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(add(i % 3 == 2 ? 4 : -5).found) << i;
  const auto told = add(4).found;
  ASSERT_TRUE(told);
  EXPECT_EQ(told->kind, event_kind::spread);
}

// No level is firm among counts; and where one value is nearly always shown five others in a row are no accident.
TEST_F(excursion, from_the_value_that_is_nearly_always_shown_is_told_at_its_fifth_point) {
  for (int i = 1; i <= 12; ++i) {
    observed_point point = observed(n_++, i % 2 == 0 ? 10 : 30);
    point.seen.baseline.rare = true;
    const auto answer = watch_.update(point, excursion_nines);
    EXPECT_EQ(answer.found.has_value(), i == 5 || i == 12) << i;
    if (i == 5) {
      EXPECT_EQ(answer.found->kind, event_kind::spike);
    }
    if (i < 12) continue;
    EXPECT_EQ(answer.found->kind, event_kind::shift);
    EXPECT_TRUE(answer.is_correction);
  }
}

TEST_F(excursion, behind_a_level_that_was_told_is_the_same_change_and_counts_once) {
  for (int i = 0; i < 20; ++i) {
    observed_point point = observed(n_++, 10);
    point.settling = i >= 5;
    if (watch_.update(point, excursion_nines).found) watch_.forget();
  }
  n_ += 300;
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(add(-10).found) << i;
  EXPECT_TRUE(add(-10).found) << "one level before it, not four";
}

}  // namespace
}  // namespace spindrift
