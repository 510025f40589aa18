// Event lines of a recording, back as events.
#include "server/backtest/told_line.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace spindrift {
namespace {

// The line of an event, with a field of it said otherwise, or left out where `value` is empty.
std::string told_with(const std::string& key, const std::string& value) {
  const std::pair<const char*, const char*> usual[] = {
      {"type", R"("event")"},    {"event", "17"},          {"stream", R"("pump")"},    {"state", R"("open")"},
      {"kind", R"("shift")"},    {"severity", "63"},       {"told", "1764000123000"},  {"from_n", "1195"},
      {"from", "1764000115000"}, {"direction", R"("up")"}, {"text", R"("level rose")"}};
  std::string line = "{";
  const auto put = [&line](const std::string& name, const std::string& text) {
    if (!text.empty()) line += (line.size() > 1 ? ",\"" : "\"") + name + "\":" + text;
  };
  for (const auto& [name, text] : usual) {
    if (name != key) put(name, text);
  }
  put(key, value);
  return line + "}";
}

TEST(told_line, is_read_as_the_event_that_it_was) {
  const auto read = read_told_line(told_with("feature", R"("cpu")"));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->stream, "pump");
  EXPECT_EQ(read->feature, "cpu");
  EXPECT_EQ(read->said.number, 17U);
  EXPECT_EQ(read->said.kind, event_kind::shift);
  EXPECT_EQ(read->said.state, event_state::open);
  EXPECT_EQ(read->said.direction, event_direction::up);
  EXPECT_EQ(read->said.severity, 63);
  EXPECT_EQ(read->said.told, 1'764'000'123'000);
  EXPECT_EQ(read->said.from, 1'764'000'115'000);
  EXPECT_EQ(read->said.from_n, 1'195U);
  EXPECT_EQ(read->said.text, "level rose");
  EXPECT_FALSE(read->said.to);
}

TEST(told_line, may_lack_what_nothing_depends_on) {
  for (const char* const key : {"severity", "from_n", "direction", "text"}) {
    EXPECT_TRUE(read_told_line(told_with(key, ""))) << key;
  }
  EXPECT_EQ(read_told_line(told_with("severity", ""))->said.severity, 1);
  EXPECT_EQ(read_told_line(told_with("direction", R"("sideways")"))->said.direction, event_direction::none);
  EXPECT_EQ(read_told_line(told_with("to", "1764000200000"))->said.to, 1'764'000'200'000);
}

TEST(told_line, is_none_without_its_name_its_kind_or_its_times) {
  for (const char* const key : {"type", "event", "stream", "state", "kind", "told", "from"}) {
    EXPECT_FALSE(read_told_line(told_with(key, ""))) << key;
    EXPECT_FALSE(read_told_line(told_with(key, "null"))) << key;
    EXPECT_FALSE(read_told_line(told_with(key, "[]"))) << key;
  }
  EXPECT_FALSE(read_told_line(told_with("event", "0")));
  EXPECT_FALSE(read_told_line(told_with("event", "-1")));
  EXPECT_FALSE(read_told_line(told_with("kind", R"("hiccup")")));
  EXPECT_FALSE(read_told_line(told_with("state", R"("ajar")")));
  EXPECT_FALSE(read_told_line(told_with("stream", R"("")")));
}

TEST(told_line, holds_numbers_to_what_they_may_be) {
  EXPECT_EQ(read_told_line(told_with("severity", "1000"))->said.severity, 100);
  EXPECT_EQ(read_told_line(told_with("severity", "-5"))->said.severity, 1);
  EXPECT_EQ(read_told_line(told_with("severity", R"("63")"))->said.severity, 1);
  EXPECT_EQ(read_told_line(told_with("from_n", "-5"))->said.from_n, 0U);
}

TEST(told_line, of_any_other_bytes_is_none) {
  for (const char* const line : {"", "{", "[]", "7", "null", R"({"type":"verdict"})", "\xff"}) {
    EXPECT_FALSE(read_told_line(line)) << line;
  }
}

}  // namespace
}  // namespace spindrift
