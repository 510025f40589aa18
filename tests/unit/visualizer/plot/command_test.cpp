// Pieces of gnuplot commands.
#include "visualizer/plot/command.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

std::string plain(double number) {
  std::string out;
  append_plain(number, out);
  return out;
}

TEST(command, has_numbers_of_at_most_15_digits_and_no_negative_zero) {
  EXPECT_EQ(plain(0.1), "0.1");
  EXPECT_EQ(plain(-0.0), "0");
  EXPECT_EQ(plain(0.1 + 0.2), "0.3");
  EXPECT_EQ(plain(1'795'286'073.123), "1795286073.123");
  EXPECT_EQ(plain(1e300), "1e+300");
}

TEST(command, has_numbers_of_six_digits_for_people) {
  EXPECT_EQ(short_number(1.0 / 3), "0.333333");
  EXPECT_EQ(short_number(1'234'567), "1.23457e+06");
  EXPECT_EQ(short_number(42), "42");
}

TEST(command, counts_one_thing_by_its_own_word) {
  EXPECT_EQ(counted(1, "series", "series"), "1 series");
  EXPECT_EQ(counted(1, "drift", "drifts"), "1 drift");
  EXPECT_EQ(counted(0, "drift", "drifts"), "0 drifts");
  EXPECT_EQ(counted(2, "drift", "drifts"), "2 drifts");
}

TEST(command, ends_with_its_line) {
  std::string out = "before\n";
  append_range("y", {-1.5, 2}, out);
  append_label("3", "'a'", "at 1,2", out);
  EXPECT_EQ(out, "before\nset yrange [-1.5:2]\nset label 3 'a' at 1,2 noenhanced front\n");
}

}  // namespace
}  // namespace spindrift
