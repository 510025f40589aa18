// Names of streams made of metrics, fields and tags, and what is made of names that may be none.
#include "server/formats/series_name.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/formats/text_arena.hpp"

namespace spindrift::formats {
namespace {

constexpr const char* wide_blank = "\xe3\x80\x80";  // U+3000

TEST(series_name, has_its_tags_in_one_order_whichever_they_came_in) {
  series_name name;
  name.begin("cpu");
  name.add_tag("host", "a");
  name.add_tag("core", "0");
  EXPECT_FALSE(name.is_sorted());
  EXPECT_EQ(name.build("load"), "cpu_load,core=0,host=a");
  EXPECT_EQ(name.build(), "cpu,core=0,host=a");
  name.add_tag("b", "1");
  EXPECT_EQ(name.build("load", '.'), "cpu.load,b=1,core=0,host=a");
}

TEST(series_name, is_used_again_without_what_was_there) {
  series_name name;
  name.begin("cpu");
  name.add_tag("host", "a");
  (void)name.build();
  name.begin("mem");
  EXPECT_FALSE(name.has_tags());
  EXPECT_EQ(name.build("used"), "mem_used");
}

TEST(series_name, of_a_field_without_a_metric_has_no_separator) {
  series_name name;
  name.begin("");
  EXPECT_EQ(name.build("load"), "load");
}

TEST(series_name, leaves_out_a_tools_word_about_itself) {
  series_name name;
  name.begin("a");
  name.add_tag("_is_ephemeral", "false");
  name.add_tag("_x", "true");
  name.add_tag("_x", "7");
  name.add_tag("x", "true");
  EXPECT_EQ(name.build(), "a,_x=7,x=true");
}

TEST(series_name, that_is_kept_is_the_one_that_is_built) {
  series_name name;
  text_arena arena;
  name.begin("a");
  name.add_tag("c", "2");
  name.add_tag("b", "1");
  const std::string_view kept = name.keep("a", arena);
  name.begin("another");
  EXPECT_EQ(kept, "a,b=1,c=2");
}

TEST(mended_name, has_an_underscore_for_each_character_that_may_not_stand_in_a_name) {
  EXPECT_EQ(mended_name("  a\"b\\c*d?e\t "), "a_b_c_d_e");
  EXPECT_EQ(mended_name("\xd0\xba\xe2\x80\xae!"), "\xd0\xba_!") << "a character of three bytes is one";
  EXPECT_EQ(mended_name(""), "");
  EXPECT_EQ(mended_name(" \t "), "");
  EXPECT_EQ(mended_name("a\xff"), "") << "no UTF-8";
}

TEST(mended_name, that_is_too_long_ends_in_a_hash_of_the_whole) {
  const std::string long_one(300, 'a');
  const std::string cut = mended_name(long_one);
  EXPECT_EQ(cut.size(), limits::stream_bytes_max);
  EXPECT_EQ(cut.substr(0, 240), std::string(239, 'a') + '~');
  EXPECT_NE(mended_name(long_one + 'b'), cut) << "two long ones stay two";
  EXPECT_EQ(mended_name(long_one), cut);
  EXPECT_EQ(mended_name(std::string(limits::stream_bytes_max, 'a')).find('~'), std::string::npos);
}

TEST(mended_name, is_not_cut_within_a_character) {
  for (std::size_t shift = 0; shift < 3; ++shift) {
    std::string long_one(shift, 'a');
    while (long_one.size() < 400) long_one += "\xe2\x82\xac";
    EXPECT_TRUE(is_name(mended_name(long_one), limits::stream_bytes_max)) << shift;
  }
}

TEST(mended_name, has_underscores_around_a_wide_blank_at_an_end_however_long_it_is) {
  EXPECT_EQ(mended_name(std::string("a") + wide_blank), std::string("_a") + wide_blank + "_");
  for (const std::size_t length : {252U, 253U, 254U, 300U}) {
    const std::string mended = mended_name(wide_blank + std::string(length, 'a'));
    EXPECT_TRUE(mended.starts_with(std::string("_") + wide_blank + "aaa")) << length;
    EXPECT_TRUE(is_name(mended, limits::stream_bytes_max)) << length;
  }
}

TEST(counter_name, ends_as_those_of_prometheus_do) {
  for (const char* const name : {"http_requests_total", "lat_count", "lat_sum", "lat_bucket"}) {
    EXPECT_TRUE(is_counter_name(name)) << name;
  }
  for (const char* const name : {"total", "lat_counts", "total_now", ""}) EXPECT_FALSE(is_counter_name(name)) << name;
}

}  // namespace
}  // namespace spindrift::formats
