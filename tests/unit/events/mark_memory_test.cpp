// What counts as the like of a marked event, and how many marks are kept.
#include "server/events/mark_memory.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

event marked_spike(double height) {
  event made;
  made.kind = event_kind::spike;
  made.direction = event_direction::up;
  made.expected = 100;
  made.value = 100 + height;
  return made;
}

TEST(mark_memory, measures_between_levels_or_from_what_was_expected) {
  event shift = marked_spike(7);
  EXPECT_EQ(height_of(shift), 7);
  shift.before = 20;
  EXPECT_EQ(height_of(shift), 7);
  shift.after = 5;
  EXPECT_EQ(height_of(shift), 15);
}

TEST(mark_memory, finds_heights_from_half_to_twice_as_large_alike) {
  mark_memory marks;
  marks.expect(marked_spike(10));
  for (const double height : {5.0, 10.0, 20.0}) EXPECT_EQ(marks.count(marked_spike(height)), 1) << height;
  for (const double height : {4.9, 20.1}) EXPECT_EQ(marks.count(marked_spike(height)), 0) << height;
  event shift = marked_spike(10);
  shift.kind = event_kind::shift;
  EXPECT_EQ(marks.count(shift), 0);
}

TEST(mark_memory, lets_three_marks_count_and_leaves_a_severity_of_one) {
  mark_memory marks;
  for (const int expected : {40, 20, 10, 10}) {
    marks.expect(marked_spike(10));
    EXPECT_EQ(marks.lowered(marked_spike(10), 80), expected);
  }
  EXPECT_EQ(marks.lowered(marked_spike(10), 3), 1);
}

TEST(mark_memory, forgets_the_oldest_mark_when_it_is_full) {
  mark_memory marks;
  marks.expect(marked_spike(1));
  for (std::size_t i = 1; i < mark_memory::marks_max; ++i) marks.expect(marked_spike(1'000));
  EXPECT_EQ(marks.count(marked_spike(1)), 1);
  marks.expect(marked_spike(1'000));
  EXPECT_EQ(marks.count(marked_spike(1)), 0);
}

TEST(mark_memory, takes_back_the_newest_mark_that_is_alike) {
  mark_memory marks;
  marks.expect(marked_spike(10));
  marks.expect(marked_spike(18));
  marks.forget(marked_spike(9));
  EXPECT_EQ(marks.count(marked_spike(30)), 0) << "that of 18 was the newer one that is like 9";
  EXPECT_EQ(marks.count(marked_spike(5)), 1);
  marks.forget(marked_spike(100));
  EXPECT_EQ(marks.count(marked_spike(5)), 1);
}

TEST(mark_memory, has_no_word_for_what_is_like_none) {
  mark_memory marks;
  event told = marked_spike(10);
  told.text = "rose";
  marks.mention(told);
  EXPECT_EQ(told.text, "rose");
}

}  // namespace
}  // namespace spindrift
