// How settings are spelt: as flags, variables and TOML.
#include "common/cli/setting_text.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace spindrift {
namespace {

TEST(setting_text, of_a_flag_is_a_key_and_a_variable) {
  EXPECT_EQ(key_of("--state-dir"), "state-dir");
  EXPECT_EQ(key_of("state-dir"), "state-dir");
  EXPECT_EQ(environment_variable_of("--state-dir"), "SPINDRIFT_STATE_DIR");
  EXPECT_EQ(environment_variable_of("--per_minute2"), "SPINDRIFT_PER_MINUTE2");
}

TEST(setting_text, is_bare_only_where_it_reads_back_as_it_was) {
  for (const char* const bare : {"0", "-7", "100", "0.002", "true", "false", "1e+22", "9223372036854775807"}) {
    EXPECT_EQ(toml_value(bare), bare);
  }
  for (const char* const text : {"", "007", "1e5", "1.50", "+1", "inf", "nan", "0x10", "9223372036854775808", "yes"}) {
    EXPECT_EQ(toml_value(text), std::string("\"") + text + "\"");
  }
}

TEST(setting_text, escapes_what_a_line_of_toml_cannot_hold) {
  EXPECT_EQ(toml_value("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(toml_value("a\nb\x7f\x01"), R"("a\u000ab\u007f\u0001")");
  EXPECT_EQ(toml_value("\xc3\xbc"), "\"\xc3\xbc\"");
}

TEST(setting_text, of_lists_has_something_between) {
  EXPECT_EQ(toml_array({}), "[]");
  EXPECT_EQ(toml_array({"1", "a", ""}), R"([1, "a", ""])");
  EXPECT_EQ(joined({"a", "b", "c"}, " or "), "a or b or c");
  EXPECT_EQ(joined({}, ","), "");
}

TEST(setting_text, is_a_number_only_as_a_whole) {
  EXPECT_EQ(whole_text_as<std::uint64_t>("42"), 42U);
  EXPECT_EQ(whole_text_as<double>("-0.5"), -0.5);
  for (const char* const wrong : {"", " 42", "42 ", "4x", "-1", "18446744073709551616"}) {
    EXPECT_EQ(whole_text_as<std::uint64_t>(wrong), std::nullopt) << wrong;
  }
}

TEST(setting_text, of_a_number_is_the_shortest_that_reads_back) {
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number_text(-0.0), "-0");
  EXPECT_EQ(number_text(100), "100");
  EXPECT_EQ(whole_text_as<double>(number_text(std::numeric_limits<double>::max())), std::numeric_limits<double>::max());
}

}  // namespace
}  // namespace spindrift
