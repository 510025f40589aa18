#include "common/csv/csv.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::ElementsAre;
using rows = std::vector<std::vector<std::string>>;

rows read_all(std::string_view text) {
  csv_reader reader(text);
  rows all;
  while (reader.next() == csv_reader::result::row) all.push_back(reader.fields());
  return all;
}

TEST(csv, cuts_lines_into_fields) {
  EXPECT_EQ(read_all("a,b,c\n1,2,3\n"), (rows{{"a", "b", "c"}, {"1", "2", "3"}}));
  EXPECT_EQ(read_all("a,b\n1,2"), (rows{{"a", "b"}, {"1", "2"}})) << "without a last line end";
  EXPECT_EQ(read_all("a,,c\n,,\n"), (rows{{"a", "", "c"}, {"", "", ""}}));
  EXPECT_EQ(read_all(""), rows{});
}

TEST(csv, takes_windows_files_as_they_are) {
  EXPECT_EQ(read_all("\xef\xbb\xbf"
                     "a,b\r\n1,\"2\"\r\n\r\n3,4\r\n"),
            (rows{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
}

TEST(csv, reads_commas_quotes_and_line_ends_inside_quotes) {
  EXPECT_EQ(read_all("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\nx,\"\",z\n"),
            (rows{{"a,b", "say \"hi\"", "two\nlines"}, {"x", "", "z"}}));
}

TEST(csv, keeps_a_carriage_return_within_quotes) {
  csv_reader reader("a,\"b\r\"\r\n\"c\r\"");
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.fields()[1], "b\r");
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.fields()[0], "c\r");
}

TEST(csv, counts_lines_also_within_quotes_and_over_blank_ones) {
  csv_reader reader("a\n\"1\n2\"\n\n\nlast\n");
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.line(), 1U);
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.line(), 2U);
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.line(), 6U);
  EXPECT_THAT(reader.fields(), ElementsAre("last"));
  EXPECT_EQ(reader.next(), csv_reader::result::end);
}

TEST(csv, says_when_a_quote_is_never_closed) {
  csv_reader reader("a,b\n1,\"2\n3,4\n");
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.next(), csv_reader::result::unclosed_quote);
  EXPECT_EQ(reader.line(), 2U);
}

TEST(csv, keeps_no_field_of_a_longer_row_before) {
  EXPECT_EQ(read_all("a,b,c\n1\n2,3\n"), (rows{{"a", "b", "c"}, {"1"}, {"2", "3"}}));
}

}  // namespace
}  // namespace spindrift
