// Syslog's headers, old and new, where parts are missing or odd.
#include <gtest/gtest.h>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string logged(std::string_view line) {
  return shown_line(read_syslog, line);
}

TEST(syslog_line, has_structured_data_in_which_a_bracket_may_be_quoted) {
  EXPECT_EQ(logged(R"(<13>1 2026-11-21T18:35:41Z vm temp - - [a b="]\"]"][c d="1"] 12.5)"),
            "temp,host=vm=12.5@1795286141000");
  EXPECT_EQ(logged(R"(<13>1 2026-11-21T18:35:41Z vm temp - - [a b="never closed 12.5)"), "!unknown_shape");
}

TEST(syslog_line, may_leave_out_host_and_time) {
  EXPECT_EQ(logged("<13>1 - - temp - - - 12.5"), "temp=12.5");
  EXPECT_EQ(logged("<13>Nov 21 18:35:41 temp[42]: 12.5"), "temp=12.5") << "as local senders do";
  EXPECT_EQ(logged("<13>temp: 12.5"), "temp=12.5");
}

TEST(syslog_line, may_have_a_mark_of_utf8_before_its_message) {
  EXPECT_EQ(logged("<13>1 2026-11-21T18:35:41Z vm temp - - - \xef\xbb\xbf"
                   "12.5"),
            "temp,host=vm=12.5@1795286141000");
}

TEST(syslog_line, begins_with_a_priority_of_one_to_three_digits) {
  EXPECT_EQ(logged("<1>temp: 1"), "temp=1");
  EXPECT_EQ(logged("<191>temp: 1"), "temp=1");
  for (const char* const line : {"<>temp: 1", "<1234>temp: 1", "<1x>temp: 1", "13>temp: 1", "<13", ""}) {
    EXPECT_EQ(logged(line), "another") << line;
  }
}

TEST(syslog_line, may_have_the_length_that_framing_has_left) {
  EXPECT_EQ(logged("999999 <13>temp: 1"), "temp=1");
  EXPECT_EQ(logged("1000000 <13>temp: 1"), "another") << "no frame is as long";
  EXPECT_EQ(logged("12 temp: 1"), "another");
}

TEST(syslog_line, of_text_is_a_fault_with_its_reason) {
  parsed into;
  EXPECT_TRUE(read_syslog("<13>Nov 21 18:35:41 vm sshd[1]: session opened", into));
  ASSERT_EQ(into.faults().size(), 1U);
  EXPECT_STREQ(into.faults()[0].reason, "a syslog message of text; one that is JSON or a number is read");
}

TEST(syslog_line, with_an_empty_message_is_no_number) {
  EXPECT_EQ(logged("<13>Nov 21 18:35:41 vm temp:"), "!unknown_shape");
  EXPECT_EQ(logged("<13>1"), "!unknown_shape");
}

}  // namespace
}  // namespace spindrift::formats
