// Goal: whatever a field holds, a line stays one line that a terminal can show, and a JSON line stays JSON with the
// same value in it.
#include "common/log/log_line.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace spindrift {
namespace {

using ::testing::HasSubstr;

constexpr std::chrono::system_clock::time_point moment{std::chrono::milliseconds{1'795'290'744'123}};

std::string text_line(std::string_view event, const std::vector<log_field>& fields) {
  return format_line(log_format::text, moment, log_level::info, event, fields);
}
std::string json_line(std::string_view event, const std::vector<log_field>& fields) {
  return format_line(log_format::json, moment, log_level::info, event, fields);
}

bool is_one_quiet_line(const std::string& line) {
  return std::none_of(line.begin(), line.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

TEST(log_line, writes_time_level_event_and_fields) {
  EXPECT_EQ(text_line("listening", {{"address", "127.0.0.1:7171"}, {"threads", std::int64_t{2}}, {"tls", false}}),
            "2026-11-21T19:52:24.123Z info listening address=127.0.0.1:7171 threads=2 tls=false");
  EXPECT_EQ(json_line("listening", {{"address", "127.0.0.1:7171"}, {"threads", std::int64_t{2}}, {"tls", false}}),
            "{\"time\":\"2026-11-21T19:52:24.123Z\",\"level\":\"info\",\"event\":\"listening\","
            "\"address\":\"127.0.0.1:7171\",\"threads\":2,\"tls\":false}");
}

TEST(log_line, quotes_what_would_not_read_as_one_value) {
  EXPECT_THAT(text_line("e", {{"a", "two words"}, {"b", ""}, {"c", "k=v"}, {"d", "say \"hi\\\""}}),
              HasSubstr("a=\"two words\" b=\"\" c=\"k=v\" d=\"say \\\"hi\\\\\\\"\""));
}

TEST(log_line, keeps_hostile_values_on_one_line_and_json_parseable) {
  const std::vector<std::string> hostile = {"line\nbreak\r\n",
                                            "\x1b[31mred\x1b[0m",
                                            "\x07\x08\x7f",
                                            "\"},{\"event\":\"forged\"",
                                            "tab\tand\vmore",
                                            std::string("nul\0x", 5),
                                            "ends in backslash \\",
                                            "\xc2\x9b"
                                            "31m (C1 CSI)",
                                            "\xe2\x80\xae right to left",
                                            "\xe2\x80\xa8 separator",
                                            "grüße 🌊"};
  for (const std::string& value : hostile) {
    const std::string text = text_line("e", {{"v", value}});
    EXPECT_TRUE(is_one_quiet_line(text)) << text;
    EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
    EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
    const std::string json = json_line("e", {{"v", value}});
    EXPECT_TRUE(is_one_quiet_line(json)) << json;
    const auto parsed = nlohmann::json::parse(json, nullptr, false);
    ASSERT_TRUE(parsed.is_object()) << json;
    EXPECT_EQ(parsed["v"], value);
    EXPECT_EQ(parsed["event"], "e");
    EXPECT_EQ(parsed.size(), 4u);
  }
}

TEST(log_line, replaces_bytes_that_are_not_utf8) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a\xff"
       "b",
       "a\xEF\xBF\xBD"
       "b"},
      {"\xc0\xaf", "\xEF\xBF\xBD\xEF\xBF\xBD"},                                  // overlong '/'
      {"\xed\xa0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},                  // surrogate
      {"\xf4\x90\x80\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // beyond U+10FFFF
      {"cut \xe2\x82", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\x80", "\xEF\xBF\xBD"}};
  for (const auto& [value, expected] : cases) {
    const auto parsed = nlohmann::json::parse(json_line("e", {{"v", value}}), nullptr, false);
    ASSERT_TRUE(parsed.is_object());
    EXPECT_EQ(parsed["v"], expected);
    EXPECT_THAT(text_line("e", {{"v", value}}), HasSubstr("v=\"" + expected + "\""));
  }
}

TEST(log_line, writes_every_byte_pair_as_valid_json) {
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const std::string value = {static_cast<char>(pair >> 8), static_cast<char>(pair & 0xff)};
    ASSERT_TRUE(nlohmann::json::accept(json_line("e", {{"v", value}}))) << pair;
  }
}

TEST(log_line, writes_numbers_that_read_back_and_null_for_what_json_cannot_say) {
  const std::string line = json_line("e", {{"a", 0.1},
                                           {"b", std::numeric_limits<double>::infinity()},
                                           {"c", std::nan("")},
                                           {"d", std::numeric_limits<std::uint64_t>::max()},
                                           {"f", std::numeric_limits<std::int64_t>::min()},
                                           {"g", 1e300}});
  const auto parsed = nlohmann::json::parse(line);
  EXPECT_EQ(parsed["a"], 0.1);
  EXPECT_TRUE(parsed["b"].is_null());
  EXPECT_TRUE(parsed["c"].is_null());
  EXPECT_EQ(parsed["d"], std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parsed["f"], std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parsed["g"], 1e300);
  EXPECT_THAT(text_line("e", {{"b", -std::numeric_limits<double>::infinity()}}), HasSubstr("b=-inf"));
}

TEST(log_line, cuts_a_value_that_nobody_would_read) {
  const std::string line = json_line("e", {{"v", std::string(1'000'000, 'x')}});
  EXPECT_LT(line.size(), 5'000u);
  EXPECT_TRUE(nlohmann::json::accept(line));
}

TEST(log_line, survives_the_big_list_of_naughty_strings) {
  const char* path = std::getenv("SPINDRIFT_NAUGHTY_STRINGS");
  if (path == nullptr) GTEST_SKIP() << "SPINDRIFT_NAUGHTY_STRINGS does not name blns.json";
  std::ifstream file(path);
  const auto all = nlohmann::json::parse(file, nullptr, false);
  ASSERT_TRUE(all.is_array() && !all.empty()) << path;
  for (const std::string value : all) {
    EXPECT_TRUE(is_one_quiet_line(text_line("e", {{"v", value}})));
    EXPECT_EQ(nlohmann::json::parse(json_line("e", {{"v", value}}), nullptr, false)["v"], value);
  }
}

}  // namespace
}  // namespace spindrift
