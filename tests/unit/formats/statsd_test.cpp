// statsd where several values, tags and rates meet, and what is wrong with them.
#include <gtest/gtest.h>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string statsd(std::string_view line) {
  return shown_line(read_statsd, line);
}

TEST(statsd_line, has_rate_tags_and_time_in_any_order) {
  EXPECT_EQ(statsd("a:2|c|#b:x|@0.5|T1795286073"), "a,b=x=4@1795286073000");
  EXPECT_EQ(statsd("a:2|c|T1795286073|@0.5|#b:x"), "a,b=x=4@1795286073000");
}

TEST(statsd_line, divides_counts_alone_by_the_rate) {
  for (const char* const type : {"g", "ms", "h", "d", "m"}) {
    EXPECT_EQ(statsd("a:2|" + std::string(type) + "|@0.5"), "a=2") << type;
  }
  EXPECT_EQ(statsd("a:2:4|c|@0.5"), "a=4 a=8");
}

TEST(statsd_line, wants_a_rate_above_0_and_up_to_1) {
  EXPECT_EQ(statsd("a:1|c|@1"), "a=1");
  for (const char* const rate : {"0", "-0.5", "1.1", "x", "", "nan"}) {
    EXPECT_EQ(statsd("a:1|c|@" + std::string(rate)), "!bad_syntax") << rate;
  }
}

TEST(statsd_line, may_have_tags_without_a_value_and_none_without_a_name) {
  EXPECT_EQ(statsd("a:1|g|#b,c:,:x,"), "a,b=true,c=true=1");
}

TEST(statsd_line, keeps_what_was_good_before_a_value_that_is_none) {
  EXPECT_EQ(statsd("a:1|c:2|q"), "a=1 !bad_syntax");
  EXPECT_EQ(statsd("a:1:x:3|c"), "a=1 a=3 !bad_value");
  EXPECT_EQ(statsd("a:1|g:-2|g"), "a=1 !bad_value");
}

TEST(statsd_line, begins_with_a_name) {
  EXPECT_EQ(statsd(":1|c"), "another");
  EXPECT_EQ(statsd("a 1|c"), "another");
  EXPECT_EQ(statsd(""), "another");
}

TEST(statsd_line, of_a_set_an_event_or_a_check_is_neither_point_nor_fault) {
  for (const char* const line : {"users:42|s", "_e{5,4}:title|text", "_sc|name|0"}) {
    parsed into;
    EXPECT_TRUE(read_statsd(line, into));
    EXPECT_EQ(into.skipped(), 1U) << line;
    EXPECT_EQ(shown(into), "");
  }
}

}  // namespace
}  // namespace spindrift::formats
