// Goal: an input that holds no point is explained by what it most likely is.
#include "server/backtest/input_sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::HasSubstr;

std::string explained(const std::vector<std::string>& lines, const std::string& complaint = "not a number") {
  input_sample sample;
  bool is_header = true;
  for (const std::string& line : lines) {
    sample.note(line, is_header ? "" : complaint);
    is_header = false;
  }
  return sample.explain();
}

TEST(input_sample, names_the_separator_that_stands_where_commas_should) {
  EXPECT_THAT(explained({"a;b", "x;1"}), HasSubstr("semicolons"));
  EXPECT_THAT(explained({"a\tb", "x\t1"}), HasSubstr("tabs"));
  EXPECT_THAT(explained({"a|b", "x|1"}), HasSubstr("bars"));
  EXPECT_THAT(explained({"a;b", "x;1"}), testing::Not(HasSubstr("decimal")));
  EXPECT_THAT(explained({"a;b", "x;1,5"}), HasSubstr("decimal commas"));
}

TEST(input_sample, does_not_take_words_for_columns) {
  EXPECT_EQ(explained({"a", "see; there"}), "no line of it is a point: not a number: \"see; there\"");
}

TEST(input_sample, keeps_little_of_a_long_input) {
  input_sample sample;
  const std::string line(1'000'000, 'x');
  for (int i = 0; i < 100; ++i) sample.note(line, "wrong");
  EXPECT_LT(sample.explain().size(), 1'000U);
}

TEST(input_sample, an_input_without_lines_is_empty) {
  EXPECT_THAT(input_sample().explain(), HasSubstr("empty"));
}

TEST(foreign_bytes, are_those_that_no_text_has) {
  EXPECT_FALSE(foreign_bytes(""));
  EXPECT_FALSE(foreign_bytes("1\n2\n"));
  EXPECT_FALSE(foreign_bytes("\xef\xbb\xbfvalue\n"));
  EXPECT_THAT(foreign_bytes("\xfe\xff").value_or(""), HasSubstr("UTF-16"));
  EXPECT_THAT(foreign_bytes(std::string_view("\0001\0\n", 4)).value_or(""), HasSubstr("UTF-16"));
  EXPECT_EQ(foreign_bytes(std::string_view("ab\0", 3)).value_or(""), "it is no text: byte 3 is 0");
}

}  // namespace
}  // namespace spindrift
