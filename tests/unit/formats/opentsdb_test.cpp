// OpenTSDB's lines at their limits.
#include <gtest/gtest.h>

#include "tests/unit/formats/shown.hpp"

namespace spindrift::formats {
namespace {

std::string put_with_tags(int count) {
  std::string line = "put a 1795286073 1";
  for (int i = 0; i < count; ++i) line += " t" + std::to_string(i) + "=1";
  return shown_line(read_opentsdb, line);
}

TEST(opentsdb_line, has_up_to_64_words) {
  EXPECT_TRUE(put_with_tags(60).starts_with("a,t0=1,t1=1,"));
  EXPECT_EQ(put_with_tags(61), "!bad_syntax");
}

TEST(opentsdb_line, may_have_tabs_between_its_words) {
  EXPECT_EQ(shown_line(read_opentsdb, "put\ta\t1795286073 \t 1 \t h=x"), "a,h=x=1@1795286073000");
}

TEST(opentsdb_line, takes_a_tag_without_a_value_and_none_without_a_name) {
  EXPECT_EQ(shown_line(read_opentsdb, "put a 1795286073 1 h="), "a,h==1@1795286073000");
  EXPECT_EQ(shown_line(read_opentsdb, "put a 1795286073 1 =x"), "!bad_syntax");
}

TEST(opentsdb_line, asks_for_the_version_until_it_is_answered) {
  parsed into;
  EXPECT_FALSE(into.asks_version());
  EXPECT_TRUE(read_opentsdb("version", into));
  EXPECT_TRUE(into.asks_version());
  into.answer_version();
  EXPECT_FALSE(into.asks_version());
  EXPECT_FALSE(read_opentsdb("versions", into));
}

TEST(opentsdb_line, with_too_few_words_is_its_own_fault_and_no_other_format) {
  for (const char* const line : {"put ", "put a", "put a 1795286073"}) {
    EXPECT_EQ(shown_line(read_opentsdb, line), "!bad_syntax") << line;
  }
}

}  // namespace
}  // namespace spindrift::formats
