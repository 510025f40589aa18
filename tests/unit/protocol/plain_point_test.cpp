// Goal: the short way of reading a point gives what the long one gives, or leaves the frame to it.
// Method: a field that nobody knows makes the decoder take the long way; both results are compared, bit for bit.
#include "common/protocol/plain_point.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "common/model/limit.hpp"
#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/inbox.hpp"
#include "common/protocol/name_limits.hpp"
#include "tests/support/noise.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using support::padded_text;

using features = std::array<feature, model::features_max>;

bool is_plain(std::string_view text) {
  const padded_text padded(text);
  features room;
  point found{.stream = limits::stream_default};
  return plain_point::read(padded.view(), room, found);
}

void expect_the_same_both_ways(const std::string& text) {
  const padded_text padded(text);
  features room;
  point brief{.stream = limits::stream_default};
  ASSERT_TRUE(plain_point::read(padded.view(), room, brief)) << text;
  std::string longer = text;
  longer.insert(longer.size() - 1, R"(,"unknown":null)");
  const padded_text longer_padded(longer);
  decoder frames;
  const frame read = frames.decode(longer_padded.view());
  ASSERT_TRUE(std::holds_alternative<point>(read)) << longer;
  const point& full = std::get<point>(read);
  EXPECT_EQ(brief.stream, full.stream) << text;
  EXPECT_EQ(std::bit_cast<std::uint64_t>(brief.value), std::bit_cast<std::uint64_t>(full.value)) << text;
  EXPECT_EQ(brief.ts, full.ts) << text;
  EXPECT_EQ(brief.seq, full.seq) << text;
  EXPECT_EQ(brief.label, full.label) << text;
  ASSERT_EQ(brief.values.size(), full.values.size()) << text;
  for (std::size_t i = 0; i < full.values.size(); ++i) {
    EXPECT_EQ(brief.values[i].name, full.values[i].name) << text;
    EXPECT_EQ(std::bit_cast<std::uint64_t>(brief.values[i].value), std::bit_cast<std::uint64_t>(full.values[i].value))
        << text;
  }
}

std::string digits(support::noise_source& from, std::uint64_t count_max, bool may_begin_with_zero) {
  std::string text;
  for (std::uint64_t left = 1 + from.below(count_max); left > 0; --left) {
    text += static_cast<char>('0' + from.below(10));
  }
  if (!may_begin_with_zero && text.size() > 1 && text.front() == '0') text.front() = '7';
  return text;
}

std::string number(support::noise_source& from) {
  std::string text = from.chance(0.3) ? "-" : "";
  text += digits(from, from.chance(0.5) ? 4 : 25, false);
  if (from.chance(0.7)) text += "." + digits(from, from.chance(0.5) ? 4 : 25, true);
  return text;
}

std::string measured(support::noise_source& from) {
  if (from.chance(0.6)) return "\"value\":" + number(from);
  std::string text = "\"values\":{";
  const std::uint64_t count = 1 + from.below(from.chance(0.1) ? model::features_max : 4);
  for (std::uint64_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::to_string(i) + ".x\":" + number(from);
  }
  return text + "}";
}

TEST(plain_point, points_of_every_make_are_the_same_both_ways) {
  support::noise_source noise(7);
  for (int i = 0; i < 50'000; ++i) {
    std::vector<std::string> fields{measured(noise)};
    if (noise.chance(0.8)) fields.push_back(R"("stream":"cpu.user/)" + std::to_string(noise.below(1'000)) + '"');
    if (noise.chance(0.6)) fields.push_back("\"ts\":" + std::to_string(1 + noise.below(253'402'300'799'999)));
    if (noise.chance(0.5)) fields.push_back("\"seq\":" + std::to_string(1 + noise.below(limits::seq_max)));
    if (noise.chance(0.3)) fields.push_back(noise.chance(0.5) ? "\"label\":true" : "\"label\":false");
    const bool is_spaced = noise.chance(0.3);
    std::string text;
    while (!fields.empty()) {
      const auto at = static_cast<std::ptrdiff_t>(noise.below(fields.size()));
      text += (text.empty() ? "" : is_spaced ? " , " : ",") + fields[static_cast<std::size_t>(at)];
      fields.erase(fields.begin() + at);
    }
    expect_the_same_both_ways(is_spaced ? "{ " + text + " }" : "{" + text + "}");
    if (HasFailure()) return;
  }
}

TEST(plain_point, numbers_at_the_edges_are_the_same_both_ways) {
  for (const char* text :
       {"0", "-0", "0.0", "-0.0", "9007199254740992", "9007199254740993", "9007199254740991.5", "18446744073709551615",
        "18446744073709551616", "99999999999999999999", "0.1", "0.30000000000000004", "1.7976931348623157",
        "123456789012345678901234567890", "0.00000000000000000000000000000012345678901234567", "8.5",
        "2.5000000000000000", "0.1000000000000000055511151231257827021181583404541015625"}) {
    expect_the_same_both_ways(std::string("{\"value\":") + text + "}");
  }
}

// More digits than a double's mantissa holds: what says any double exactly, and what lies half way between two.
TEST(plain_point, long_numbers_are_the_same_both_ways) {
  support::noise_source noise(9);
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t bits = std::uint64_t{1} << noise.below(11);
    std::uint64_t whole = (std::uint64_t{1} << 53U) + noise.below((std::uint64_t{1} << 53U) - 1);
    if (noise.chance(0.5)) whole = whole * bits + bits / 2 + noise.below(3) - 1;
    std::string text = std::to_string(whole);
    const std::size_t places = noise.below(text.size());
    if (places > 0) text.insert(text.size() - places, ".");
    if (text.size() > 19) continue;
    expect_the_same_both_ways(R"({"value":)" + std::string(noise.chance(0.3) ? "-" : "") + text + "}");
  }
  for (const char* tie : {"9007199254740993", "9007199254740995", "18014398509481990", "1801439850948198.1",
                          "9999999999999999999", "0.99999999999999999", "0.12345678901234567", "18014398509481985"}) {
    expect_the_same_both_ways(R"({"value":)" + std::string(tie) + "}");
  }
}

// `text` as an inbox has it: a NUL behind it, and then what it read before.
std::size_t line_bytes(std::string_view text) {
  const padded_text padded(std::string(text) + '\0' + std::string(inbox::padding_bytes, '7'));
  features room;
  point found{.stream = limits::stream_default};
  return plain_point::read_line(padded.view().substr(0, text.size()), room, found);
}

TEST(plain_point, a_line_is_read_when_it_is_whole) {
  for (const char* end : {"\n", "\r\n"}) {
    const std::string line =
        R"({"stream":"a name of more than sixteen", "value":-12.345678901,"ts":1764000000000,"seq":7,"label":false})" +
        std::string(end);
    const std::string text = line + line;
    for (std::size_t size = 0; size <= text.size(); ++size) {
      EXPECT_EQ(line_bytes(text.substr(0, size)), size < line.size() ? 0 : line.size()) << size;
    }
  }
  const std::string several = R"({"values":{"a":1.5,"b":22},"stream":"x"})"
                              "\n";
  for (std::size_t size = 0; size <= several.size(); ++size) {
    EXPECT_EQ(line_bytes(several.substr(0, size)), size < several.size() ? 0 : size) << size;
  }
}

TEST(plain_point, a_line_with_more_than_a_point_is_left_to_the_decoder) {
  for (const char* text : {"", "\n", "{\"value\":1} \n", "{\"value\":1}{\"value\":2}\n", "{\"value\":1}\r\r\n",
                           "{\"value\":1}\r", "{\"value\":1e3}\n", " {\"op\":\"ping\"}\n", "{\"stream\":\"a\"}\n"}) {
    EXPECT_EQ(line_bytes(text), 0U) << text;
  }
  EXPECT_EQ(line_bytes(std::string_view("{\"value\":1}\0\n", 13)), 0U);
}

TEST(plain_point, what_the_encoder_writes_is_plain) {
  std::string line;
  encode(point{.stream = "cpu", .value = 0.42, .ts = 1'764'000'000'000, .seq = 17, .label = true}, line);
  expect_the_same_both_ways(line.substr(0, line.size() - 1));
}

TEST(plain_point, anything_unusual_is_left_to_the_decoder) {
  const std::string name_too_long(limits::stream_bytes_max + 1, 'n');
  for (const std::string& text : std::vector<std::string>{"",
                                                          "{",
                                                          "}",
                                                          "{}",
                                                          "[1]",
                                                          R"({"value":1)",
                                                          R"({"value":1 )",
                                                          R"({"value":1}})",
                                                          R"({"value":1} )",
                                                          R"({"value":1,})",
                                                          R"({,"value":1})",
                                                          R"({"value"})",
                                                          R"({"value":})",
                                                          R"({"value" 1})",
                                                          R"({value:1})",
                                                          R"({"value":1 2})",
                                                          R"({"value":01})",
                                                          R"({"value":-})",
                                                          R"({"value":+1})",
                                                          R"({"value":.5})",
                                                          R"({"value":1.})",
                                                          R"({"value":1e3})",
                                                          R"({"value":1.5E3})",
                                                          R"({"value":1e999})",
                                                          R"({"value":0x10})",
                                                          R"({"value":NaN})",
                                                          R"({"value":null})",
                                                          R"({"value":true})",
                                                          R"({"value":"1"})",
                                                          R"({"value":[1]})",
                                                          R"({"value":1,"value":1})",
                                                          R"({"values":{}})",
                                                          R"({"values":{"a":1,"a":2}})",
                                                          R"({"values":{"a":1,}})",
                                                          R"({"values":{"a":1})",
                                                          R"({"values":{"a":1}}})",
                                                          R"({"values":{"a":"1"}})",
                                                          R"({"values":{"a":{"b":1}}})",
                                                          R"({"values":{"a ":1}})",
                                                          R"({"values":[1]})",
                                                          R"({"values":{a:1}})",
                                                          R"({"values":{"a":1},"values":{"a":1}})",
                                                          R"({"value":1,"values":{"a":1}})",
                                                          R"({"value":1,"op":"ping"})",
                                                          R"({"op":"ping"})",
                                                          R"({"value":1,"unit":"C"})",
                                                          R"({"stream":"a"})",
                                                          R"({"stream":"a","stream":"a","value":1})",
                                                          R"({"stream":"","value":1})",
                                                          R"({"stream":" a","value":1})",
                                                          R"({"stream":"a*b","value":1})",
                                                          R"({"stream":"\u0061","value":1})",
                                                          R"({"stream":"a\"","value":1})",
                                                          R"({"stream":"é*","value":1})",
                                                          R"({"stream":7,"value":1})",
                                                          R"({"stream":"a,"value":1})",
                                                          R"({"stream":")" + name_too_long + R"(","value":1})",
                                                          R"({"\u0076alue":1})",
                                                          "{\"value\":\t1}",
                                                          R"({"value":1,"ts":0})",
                                                          R"({"value":1,"ts":-1})",
                                                          R"({"value":1,"ts":1.0})",
                                                          R"({"value":1,"ts":1e3})",
                                                          R"({"value":1,"ts":"2026-11-21T00:00:00Z"})",
                                                          R"({"value":1,"ts":253402300800000})",
                                                          R"({"value":1,"ts":1,"ts":1})",
                                                          R"({"value":1,"ts":12345678901234567890})",
                                                          R"({"value":1,"seq":0})",
                                                          R"({"value":1,"seq":-1})",
                                                          R"({"value":1,"seq":1.5})",
                                                          R"({"value":1,"seq":9007199254740992})",
                                                          R"({"value":1,"seq":99999999999999999999})",
                                                          R"({"value":1,"seq":1,"seq":2})",
                                                          R"({"value":1,"label":1})",
                                                          R"({"value":1,"label":truth})",
                                                          R"({"value":1,"label":true,"label":true})",
                                                          R"({"value":1,"label":tru})"}) {
    EXPECT_FALSE(is_plain(text)) << text;
  }
}

}  // namespace
}  // namespace spindrift
