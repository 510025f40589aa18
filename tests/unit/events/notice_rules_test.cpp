// What a person wants to hear of, and how a stream is called.
#include "server/events/notice_rules.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

event told_spike(double value, double expected) {
  event told;
  told.kind = event_kind::spike;
  told.direction = value > expected ? event_direction::up : event_direction::down;
  told.severity = 50;
  told.value = value;
  told.expected = expected;
  return told;
}

TEST(notice_rules, take_everything_until_something_is_asked_for) {
  const notice_rules usual;
  EXPECT_TRUE(usual.takes(1, 1));
  EXPECT_TRUE(usual.takes(-1e300, 1e300));
  EXPECT_TRUE(usual.takes(event{}));
}

TEST(notice_rules, want_a_deviation_as_large_as_both_bounds) {
  notice_rules rules;
  rules.min_deviation = 2;
  EXPECT_TRUE(rules.takes(12, 10));
  EXPECT_TRUE(rules.takes(8, 10));
  EXPECT_FALSE(rules.takes(11.9, 10));
  rules.min_relative = 0.5;
  EXPECT_FALSE(rules.takes(12, 10));
  EXPECT_TRUE(rules.takes(-15, -10)) << "a share of the size of what was expected";
  EXPECT_FALSE(rules.takes(-14, -10));
}

TEST(notice_rules, look_to_one_side) {
  notice_rules rules;
  rules.only = event_direction::up;
  EXPECT_TRUE(rules.takes(2, 1));
  EXPECT_FALSE(rules.takes(0, 1));
  EXPECT_TRUE(rules.takes(told_spike(2, 1)));
  EXPECT_FALSE(rules.takes(told_spike(0, 1)));
  rules.only = event_direction::down;
  EXPECT_FALSE(rules.takes(2, 1));
  event silence;
  silence.kind = event_kind::silent;
  EXPECT_TRUE(rules.takes(silence)) << "what has no direction is on every side";
}

TEST(notice_rules, take_kinds_that_are_wanted_from_a_severity_on) {
  notice_rules rules;
  rules.kinds = 1U << static_cast<unsigned>(event_kind::shift);
  EXPECT_FALSE(rules.takes(told_spike(2, 1)));
  rules.kinds = notice_rules::all_kinds;
  rules.severity = 50;
  EXPECT_TRUE(rules.takes(told_spike(2, 1)));
  rules.severity = 51;
  EXPECT_FALSE(rules.takes(told_spike(2, 1)));
}

TEST(notice_rules, hold_the_levels_of_an_event_against_the_bounds_where_it_has_some) {
  notice_rules rules;
  rules.min_deviation = 5;
  event shift = told_spike(100, 0);
  shift.kind = event_kind::shift;
  shift.before = 10;
  shift.after = 14;
  EXPECT_FALSE(rules.takes(shift));
  shift.after = 5;
  EXPECT_TRUE(rules.takes(shift));
  for (const event_kind kind : {event_kind::stuck, event_kind::silent, event_kind::unreadable}) {
    event other = told_spike(1, 1);
    other.kind = kind;
    EXPECT_TRUE(rules.takes(other)) << "it has nothing to compare";
  }
}

TEST(notice_rules, a_title_says_what_the_stars_stand_for) {
  EXPECT_EQ(title_of("CPU of {1}", "db.*.cpu", "db.seven.cpu"), "CPU of seven");
  EXPECT_EQ(title_of("{2}/{1}", "*.*", "a.b.c"), "b.c/a") << "the first as short as can be";
  EXPECT_EQ(title_of("{1}{3}!", "a*", "ab"), "b!") << "there is no third star";
  EXPECT_EQ(title_of("{0} {1 {x} {", "a*", "ab"), "{0} {1 {x} {");
  EXPECT_EQ(title_of("{1}", "?-*", "x-y"), "y");
}

}  // namespace
}  // namespace spindrift
