#include "common/net/http_query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(http_query, unescapes_what_is_escaped_and_leaves_the_rest) {
  EXPECT_EQ(unescaped("a%2Fb+c"), "a/b c");
  EXPECT_EQ(unescaped("%c3%A4"), "\xc3\xa4");
  EXPECT_EQ(unescaped("%00"), std::string(1, '\0'));
  EXPECT_EQ(unescaped("%252F"), "%2F") << "once, not twice";
  for (const char* const text : {"", "%", "%2", "100%", "%zz", "%-1", "%2g", "a%b"}) EXPECT_EQ(unescaped(text), text);
}

TEST(http_query, has_the_first_value_of_a_name) {
  EXPECT_EQ(query_text("stream=a%26b&count=50&stream=c", "stream"), "a&b");
  EXPECT_EQ(query_text("stream=a=b", "stream"), "a=b");
  EXPECT_EQ(query_text("count=50", "stream"), "");
  EXPECT_EQ(query_text("streams=a&xstream=b&stream", "stream"), "") << "a part of a name is no name";
}

TEST(http_query, has_all_values_of_a_name_but_empty_ones) {
  EXPECT_THAT(query_texts("stream=a&x=1&stream=&stream=b%2Cc&stream", "stream"), ElementsAre("a", "b,c"));
  EXPECT_THAT(query_texts("", "stream"), IsEmpty());
}

TEST(http_query, names_the_first_that_is_not_known) {
  EXPECT_EQ(unknown_query_name("stream=a&lim%69t=1&other=2", {"stream", "limit"}), "limit") << "names are plain text";
  EXPECT_EQ(unknown_query_name("stream=a&other", {"stream"}), "other");
  EXPECT_EQ(unknown_query_name("&stream=a&&", {"stream"}), "");
  EXPECT_EQ(unknown_query_name("", {}), "");
}

TEST(http_query, numbers_are_bounded_and_what_is_none_is_what_would_be_otherwise) {
  EXPECT_EQ(query_number("count=50", "count", 7, 100), 50U);
  EXPECT_EQ(query_number("count=500", "count", 7, 100), 100U);
  for (const char* const query : {"", "count=", "count=-1", "count=5x", "count=1e3", "count=99999999999999999999"}) {
    EXPECT_EQ(query_number(query, "count", 7, 100), 7U) << query;
  }
}

}  // namespace
}  // namespace spindrift
