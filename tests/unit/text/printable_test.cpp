// Goal: nothing foreign reaches a terminal as a command, and what is harmless stays readable.
#include "common/text/printable.hpp"

#include <gtest/gtest.h>

#include "common/text/utf8.hpp"

namespace spindrift {
namespace {

TEST(printable, leaves_ordinary_text_in_any_script_as_it_is) {
  EXPECT_EQ(printable("température \"20\" °C \\ 温度"), "température \"20\" °C \\ 温度");
  EXPECT_EQ(printable(""), "");
}

TEST(printable, escapes_every_control_character) {
  for (int c = 0; c < 0x20; ++c) {
    const std::string shown = printable(std::string(1, static_cast<char>(c)));
    EXPECT_EQ(shown.front(), '\\') << c;
  }
  EXPECT_EQ(printable("a\x1b[2Jb\x7f\n\r\t"), "a\\u001b[2Jb\\u007f\\n\\r\\t");
  EXPECT_EQ(printable("\xc2\x9b"), "\\u009b");  // C1's CSI, as UTF-8
}

TEST(printable, escapes_what_turns_the_order_of_text_around_or_ends_lines) {
  EXPECT_EQ(printable("\xe2\x80\xae"), "\\u202e");
  EXPECT_EQ(printable("\xe2\x80\xa8"), "\\u2028");
}

TEST(printable, shows_bytes_that_are_no_utf8_as_the_replacement_character) {
  EXPECT_EQ(printable("\x9b\xff"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable("\xc3"), "\xef\xbf\xbd");
}

TEST(printable, quotes_are_escaped_inside_of_quotes_only) {
  EXPECT_EQ(printable("a\"b"), "a\"b");
  EXPECT_EQ(in_quotes("a\"b\\"), "\"a\\\"b\\\\\"");
}

TEST(printable, a_long_text_is_cut_between_two_characters) {
  const std::string text = std::string(199, 'a') + "é";
  EXPECT_EQ(in_quotes(text), "\"" + std::string(199, 'a') + "…\"");
  EXPECT_EQ(in_quotes(std::string(200, 'a')), "\"" + std::string(200, 'a') + "\"");
  EXPECT_LT(printable(std::string(1'000'000, 'a')).size(), 70'000U);
}

TEST(utf8, a_prefix_ends_where_a_character_ends) {
  EXPECT_EQ(utf8_prefix("aé", 2), "a");
  EXPECT_EQ(utf8_prefix("aé", 3), "aé");
  EXPECT_EQ(utf8_prefix("a\xf0\x9f\x98\x80", 4), "a");
  // Bytes that continue nothing are no reason to throw all of the text away.
  EXPECT_EQ(utf8_prefix(std::string(10, '\x80'), 8).size(), 5U);
}

TEST(utf8, values_are_those_that_the_bytes_stand_for) {
  EXPECT_EQ(utf8_value("a", 1), U'a');
  EXPECT_EQ(utf8_value("é", 2), U'é');
  EXPECT_EQ(utf8_value("温", 3), U'温');
  EXPECT_EQ(utf8_value("\xf0\x9f\x98\x80", 4), U'\U0001F600');
}

}  // namespace
}  // namespace spindrift
