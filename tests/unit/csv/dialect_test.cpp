#include "common/csv/dialect.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/csv/cell.hpp"
#include "common/csv/csv.hpp"

namespace spindrift {
namespace {

TEST(csv_dialect, reads_numbers_with_its_decimal_sign) {
  csv_dialect german;
  german.has_decimal_comma = true;
  EXPECT_EQ(german.number(" 1,5 "), 1.5);
  EXPECT_EQ(german.number("1.5"), 1.5);
  EXPECT_FALSE(german.number("1,5,5"));
  EXPECT_FALSE(csv_dialect().number("1,5"));
}

TEST(csv_dialect, reads_times_of_the_form_that_is_said) {
  csv_dialect dialect;
  dialect.time_format = "%d.%m.%Y %H:%M:%S";
  EXPECT_EQ(dialect.time("24.11.2025 16:00:00"), 1'764'000'000'000);
  EXPECT_EQ(dialect.time("24.11.2025 16:00:00.25"), 1'764'000'000'250);
  EXPECT_FALSE(dialect.time("24.11.2025"));
  EXPECT_FALSE(dialect.time("24.11.2025 16:00:00 or so"));
  dialect.time_format = "%Y-%m-%dT%H:%M%z";
  EXPECT_EQ(dialect.time("2025-11-24T17:00+0100"), 1'764'000'000'000);
}

TEST(csv_dialect, reads_what_spreadsheets_write) {
  csv_dialect dialect;
  EXPECT_EQ(dialect.time("24.11.2025 16:00"), 1'764'000'000'000);
  EXPECT_EQ(dialect.time("24.11.2025 16:00:00"), 1'764'000'000'000);
  EXPECT_EQ(dialect.time("24.11.2025"), 1'763'942'400'000);
  EXPECT_FALSE(dialect.time("11/24/2025 16:00"));
  EXPECT_NE(dialect.time_rule().find("--time-format"), std::string::npos) << "what would cure it";
  dialect.time_format = "excel";
  EXPECT_EQ(dialect.time("45985.6666666667"), 1'764'000'000'000);
  EXPECT_EQ(dialect.time("25569"), 0);
  for (const char* const text : {"0", "3000000", "24.11.2025", ""}) EXPECT_FALSE(dialect.time(text)) << text;
}

TEST(csv_dialect, takes_seconds_with_decimals) {
  EXPECT_EQ(parse_time("1764000000.25"), 1'764'000'000'250);
  EXPECT_FALSE(parse_time("1e400.0"));
}

TEST(csv_dialect, cuts_columns_at_its_delimiter) {
  csv_reader reader("a;b,c\n\"d;e\";f\n", ';');
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.fields(), (std::vector<std::string>{"a", "b,c"}));
  ASSERT_EQ(reader.next(), csv_reader::result::row);
  EXPECT_EQ(reader.fields(), (std::vector<std::string>{"d;e", "f"}));
}

TEST(csv_dialect, takes_no_day_number_for_a_second_without_a_word) {
  csv_dialect dialect;
  const auto doubt = dialect.doubt(" 45985.6666666667");
  ASSERT_TRUE(doubt.has_value());
  EXPECT_NE(doubt->find("2025-11-24T16:00"), std::string::npos) << *doubt;
  EXPECT_NE(doubt->find("--time-format excel"), std::string::npos) << *doubt;
  for (const char* const text : {"0", "19999", "80000", "1764000000", "2025-11-24", ""}) {
    EXPECT_FALSE(dialect.doubt(text)) << text;
  }
  dialect.time_format = "seconds";
  EXPECT_FALSE(dialect.doubt("45985"));
  EXPECT_EQ(dialect.time("45985.5"), 45'985'500);
  EXPECT_FALSE(dialect.time("24.11.2025"));
  dialect.time_format = "excel";
  EXPECT_FALSE(dialect.doubt("45985"));
}

}  // namespace
}  // namespace spindrift
