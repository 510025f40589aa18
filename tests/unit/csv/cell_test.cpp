#include "common/csv/cell.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spindrift {
namespace {

TEST(cell, reads_numbers_with_blanks_and_signs_around_them) {
  EXPECT_EQ(parse_number(" 12.5\t"), 12.5);
  EXPECT_EQ(parse_number("+3"), 3.0);
  EXPECT_EQ(parse_number("-1e-3"), -0.001);
  EXPECT_TRUE(std::isnan(*parse_number("nan")));
  EXPECT_TRUE(std::isinf(*parse_number("-inf")));
  EXPECT_FALSE(parse_number(""));
  EXPECT_FALSE(parse_number("12.5x"));
  EXPECT_FALSE(parse_number("+-1"));
  EXPECT_FALSE(parse_number("1e-400x"));
}

// As on the wire, where a reader of JSON does so.
TEST(cell, takes_what_is_too_small_for_a_double_as_nought_and_what_is_too_large_as_infinite) {
  EXPECT_EQ(parse_number("5e-324"), 5e-324);
  EXPECT_EQ(parse_number("1e-400"), 0.0);
  EXPECT_EQ(parse_number("+.0001e-399"), 0.0);
  EXPECT_EQ(parse_number("-1e-400"), 0.0);
  EXPECT_TRUE(std::isinf(*parse_number("1e400")));
  EXPECT_TRUE(std::isinf(*parse_number("-1e400")));
}

TEST(cell, takes_times_as_text_milliseconds_or_seconds) {
  EXPECT_EQ(parse_time("2014-07-01 00:00:00"), 1404172800000);
  EXPECT_EQ(parse_time("2014-07-01T02:00:00+02:00"), 1404172800000);
  EXPECT_EQ(parse_time("1404172800"), 1404172800000);
  EXPECT_EQ(parse_time("1404172800123"), 1404172800123);
  EXPECT_FALSE(parse_time("yesterday"));
  EXPECT_FALSE(parse_time("2014-13-01 00:00:00"));
  EXPECT_FALSE(parse_time("0000-12-31 23:59:59"));
}

TEST(cell, takes_labels_in_any_case_and_nothing_else) {
  EXPECT_EQ(parse_label("1"), true);
  EXPECT_EQ(parse_label(" False "), false);
  EXPECT_FALSE(parse_label("2"));
  EXPECT_FALSE(parse_label(""));
}

TEST(cell, counts_columns_from_one) {
  EXPECT_EQ(parse_index("3"), 3U);
  EXPECT_FALSE(parse_index("0"));
  EXPECT_FALSE(parse_index("-1"));
}

TEST(cell, makes_names_fit_for_the_wire) {
  EXPECT_EQ(wire_name("art daily", 128), "art_daily");
  EXPECT_EQ(wire_name("", 128), "x");
  EXPECT_EQ(wire_name("_x", 128), "x_x");
  EXPECT_EQ(wire_name("caf\xc3\xa9\n", 128), "caf___");
  EXPECT_EQ(wire_name("abcdef", 4), "abcd");
}

}  // namespace
}  // namespace spindrift
