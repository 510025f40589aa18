#include "visualizer/plot/label.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

constexpr const char* replaced = "\xef\xbf\xbd";

TEST(label, leaves_usual_names_as_they_are) {
  EXPECT_EQ(harmless("plant-7/line \xc3\xa9_^{x}", 100), "plant-7/line \xc3\xa9_^{x}");
  EXPECT_EQ(quoted("a", 100), "'a'");
}

TEST(label, replaces_what_something_would_obey) {
  for (const char* const text :
       {"\n", "\x1b", "\x7f", "\xc2\x9b", "\xe2\x80\xae", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xff"})
    EXPECT_EQ(harmless(text, 100), replaced) << text;
  EXPECT_EQ(quoted("it's", 100), "'it\xe2\x80\x99s'");
}

TEST(label, leaves_the_middle_of_a_long_name_out) {
  EXPECT_EQ(harmless("abcdefghij", 5), "ab\xe2\x80\xa6ij");
  EXPECT_EQ(harmless("abcde", 5), "abcde");
  EXPECT_EQ(harmless("abc", 1), "\xe2\x80\xa6");
}

TEST(label, of_a_stream_that_people_call_something_begins_with_that_and_has_the_name_where_there_is_room) {
  EXPECT_EQ(called("", "db.1", "p99", 100), "db.1 \xc2\xb7 p99");
  EXPECT_EQ(called("Latency", "db.1", "p99", 100), "Latency \xc2\xb7 db.1 \xc2\xb7 p99");
  EXPECT_EQ(called("Latency", "db.1", "", 14), "Latency \xc2\xb7 db.1");
  EXPECT_EQ(called("Latency", "db.1", "", 13), "Latency");
  EXPECT_EQ(called("Latency", "db.1", "p99", 13), "Latency \xc2\xb7 p99");
}

}  // namespace
}  // namespace spindrift
