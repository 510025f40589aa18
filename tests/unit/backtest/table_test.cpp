// Goal: the first line decides which columns are read, and a row that does not fit is refused instead of read wrongly.
#include "server/backtest/table.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

double value_in(table& rows, std::string_view line) {
  const table::row found = rows.take(line);
  const auto* const measured = std::get_if<point>(&found);
  return measured != nullptr ? measured->value : -1;
}

std::string error_in(table& rows, std::string_view line) {
  const table::row found = rows.take(line);
  const auto* const wrong = std::get_if<protocol_error>(&found);
  return wrong != nullptr ? wrong->message : "";
}

TEST(table, takes_the_column_named_value_or_else_the_last) {
  table named({});
  EXPECT_TRUE(std::holds_alternative<table::heading>(named.take("value,other")));
  EXPECT_EQ(value_in(named, "1,2"), 1);
  table last({});
  EXPECT_EQ(value_in(last, "1,2"), 2);
}

TEST(table, says_which_columns_it_left_out_unless_it_was_told_to) {
  const auto remark_of = [](table_settings settings, std::string_view header) {
    table columns(std::move(settings));
    return std::get<table::heading>(columns.take(header)).remark;
  };
  EXPECT_EQ(remark_of({}, "time,hot,cold"),
            R"(the values are those of the last column, "cold"; --value-column hot,cold has them all)");
  EXPECT_EQ(remark_of({}, "time,cold"), "");
  EXPECT_EQ(remark_of({}, "time,value,quality"), "");
  table_settings told;
  told.value_column = "hot";
  EXPECT_EQ(remark_of(told, "time,hot,cold"), "");
  table_settings labelled;
  labelled.label_column = "odd";
  EXPECT_EQ(remark_of(labelled, "time,hot,odd"), "");
}

TEST(table, refuses_a_row_with_more_fields_than_the_first_line) {
  table rows({});
  rows.take("value");
  EXPECT_EQ(error_in(rows, "1,5"), "the row has 2 fields, the first line 1");
  EXPECT_EQ(value_in(rows, "1,"), 1) << "an empty field moves nothing";
}

TEST(table, names_missing_columns_without_control_characters) {
  table rows(table_settings{.value_column = "x\x1b", .time_column = {}, .label_column = {}});
  const table::row found = rows.take("a,b");
  const auto* const missing = std::get_if<table::no_such_column>(&found);
  ASSERT_NE(missing, nullptr);
  EXPECT_EQ(missing->message, "--value-column: there is no column \"x\\u001b\"; there are a, b, or 1 to 2");
}

TEST(table, refuses_more_columns_than_a_point_has_features) {
  std::string columns = "1";
  for (int i = 0; i < 64; ++i) columns += ",1";
  table rows(table_settings{.value_column = columns, .time_column = {}, .label_column = {}});
  EXPECT_TRUE(std::holds_alternative<table::no_such_column>(rows.take("1")));
}

// A count of seconds that begins at 0 gets to such numbers, too.
TEST(table, refuses_a_file_whose_first_time_looks_like_a_day_number) {
  table_settings chosen;
  chosen.time_column = "time";
  table days(chosen);
  days.take("time,value");
  const table::row found = days.take("45985.5,1");
  ASSERT_TRUE(std::holds_alternative<table::no_such_column>(found));
  EXPECT_NE(std::get<table::no_such_column>(found).message.find("--time-format excel"), std::string::npos);
  table seconds(chosen);
  seconds.take("time,value");
  EXPECT_EQ(value_in(seconds, "0,1"), 1);
  EXPECT_EQ(value_in(seconds, "45985,2"), 2);
}

}  // namespace
}  // namespace spindrift
