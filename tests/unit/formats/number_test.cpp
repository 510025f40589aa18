// Numbers and times as other tools write them, and the names that are made of their parts.
#include "server/formats/number.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/protocol/name.hpp"
#include "server/formats/series_name.hpp"

namespace spindrift::formats {
namespace {

TEST(number, is_decimal_and_whole) {
  for (const std::string_view text : {"1", "-1", "+1", "1.5", ".5", "5.", "1e5", "-1E-5", "0x", "1e-999"}) {
    double number = 0;
    EXPECT_EQ(read_number(text, number), text == "0x" ? number_kind::none : number_kind::number) << text;
  }
  for (const std::string_view text : {"", "+", "-", "1,5", "1 2", "0x10", "1.5.2", "--1", "+-1", "++1", "one", "1a"}) {
    double number = 0;
    EXPECT_EQ(read_number(text, number), number_kind::none) << text;
  }
  for (const std::string_view text : {"nan", "NaN", "-nan", "inf", "Infinity", "1e999"}) {
    double number = 0;
    EXPECT_EQ(read_number(text, number), number_kind::not_finite) << text;
  }
}

TEST(time, has_its_unit_told_by_its_size) {
  const auto seconds = std::int64_t{1'795'286'073};
  for (const std::string_view text :
       {"1795286073", "1795286073000", "1795286073000000", "1795286073000000000", "1795286073.0", "1.795286073e9"}) {
    EXPECT_EQ(read_time(text), seconds * 1'000) << text;
  }
  EXPECT_EQ(read_time("1795286073.221"), seconds * 1'000 + 221);
  EXPECT_EQ(read_time("1795286073221.5"), seconds * 1'000 + 222);
  for (const std::string_view text : {"", "0", "-1", "5", "99999999", "soon", "nan", "1e30", "99999999999999999999"}) {
    EXPECT_EQ(read_time(text), std::nullopt) << text;
  }
}

TEST(time, is_a_date_however_the_offset_is_spelt) {
  for (const std::string_view text :
       {"2026-11-21T18:34:33Z", "2026-11-21T18:34:33+00:00", "2026-11-21T19:34:33+0100", "2026-11-21T19:34:33+01",
        "2026-11-21T18:34:33Z+0000", "2026-11-21 18:34:33 +0000", "2026-11-21 18:34:33 UTC", "2026-11-21t18:34:33z",
        "2026-11-21T18:34:33,000Z"}) {
    EXPECT_EQ(read_time(text), 1'795'286'073'000) << text;
  }
  EXPECT_EQ(read_time("2026-11-21T18:34:33.823795Z+0000"), 1'795'286'073'823);
  for (const std::string_view text : {"2026-11-21T18:34:33", "2026-11-21", "2026-11-21T18:34:33Z+0100", "20:13"}) {
    EXPECT_EQ(read_time(text), std::nullopt) << text;
  }
}

TEST(series_name, has_its_tags_sorted) {
  series_name name;
  name.begin("cpu");
  name.add_tag("host", "a");
  name.add_tag("core", "0");
  EXPECT_EQ(name.build("load"), "cpu_load,core=0,host=a");
  EXPECT_EQ(name.build(), "cpu,core=0,host=a");
}

TEST(series_name, that_is_too_long_ends_in_a_hash_of_the_whole) {
  const std::string first = mended_name(std::string(300, 'x') + "1");
  const std::string second = mended_name(std::string(300, 'x') + "2");
  EXPECT_EQ(first.size(), 256U);
  EXPECT_NE(first, second);
  EXPECT_EQ(first.substr(0, 239), std::string(239, 'x'));
  EXPECT_EQ(first[239], '~');
  // Characters are not cut in two.
  std::string wide = "a";
  while (wide.size() < 400) wide += "\xc3\xa9";
  EXPECT_TRUE(is_name(mended_name(wide), 256)) << mended_name(wide);
}

TEST(series_name, keeps_what_may_stand_in_a_name) {
  EXPECT_EQ(mended_name(" living room "), "living room");
  EXPECT_EQ(mended_name("a\"b\\c*d?e\nf"), "a_b_c_d_e_f");
  EXPECT_EQ(mended_name("\xff"), "");
  EXPECT_EQ(mended_name(""), "");
  EXPECT_EQ(mended_name("  "), "");
}

}  // namespace
}  // namespace spindrift::formats
