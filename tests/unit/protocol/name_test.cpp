// Names: what may be one, and that whatever may be one survives the way over the wire unchanged.
#include "common/protocol/name.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "common/model/verdict.hpp"
#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/name_limits.hpp"
#include "tests/support/noise.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

bool is_stream(std::string_view text) {
  return is_name(text, limits::stream_bytes_max);
}

TEST(name, is_what_people_call_their_things) {
  for (const std::string_view text :
       {"a", "living room",
        "unit\xc2\xb0"
        "C",
        "\xd0\xba\xd1\x83\xd1\x85\xd0\xbd\xd1\x8f", "cpu,host=a,core=0", "http_requests_total{code=200}", ".a", "-a",
        "a'b", "\xf0\x9f\x8c\xa1", "<13>", "50%"}) {
    EXPECT_TRUE(is_stream(text)) << text;
  }
}

// The short way to the end of a name in quotes says what the long one says, or nothing.
TEST(name, in_quotes_is_a_name_without_them) {
  const std::string all = std::string("aZ09._:/=,@+-{} ~!") + "\"\\*?\n\t\x7f\x80\xc2\xb0" + '\0';
  support::noise_source random(11);
  int found = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::uint64_t left = random.below(40); left > 0; --left) {
      text += random.chance(0.97) ? static_cast<char>('a' + random.below(26)) : all[random.below(all.size())];
    }
    const std::size_t size = text.size();
    text += std::string(16, '"');
    const std::size_t plain = quoted_ascii_name(text.data(), text.data() + size);
    if (plain == 0) continue;
    ++found;
    ASSERT_EQ(text[plain], '"') << text;
    ASSERT_LT(plain, size) << "the quote belongs to the text: " << text;
    ASSERT_TRUE(is_stream(text.substr(0, plain))) << text;
  }
  EXPECT_GT(found, 100);
  const std::string name = "http_requests_total{code=200,method=get}";
  const std::string line = name + "\"," + std::string(15, ' ');
  EXPECT_EQ(quoted_ascii_name(line.data(), line.data() + name.size() + 2), name.size());
}

TEST(name, of_any_length_is_of_the_same_characters) {
  for (int c = 1; c < 0x80; ++c) {
    const bool is_allowed = is_stream("a" + std::string(1, static_cast<char>(c)) + "a");
    for (std::size_t size = 8; size <= 40; ++size) {
      for (std::size_t at = 1; at + 1 < size; ++at) {
        std::string name(size, 'a');
        name[at] = static_cast<char>(c);
        ASSERT_EQ(is_stream(name), is_allowed) << c << " at " << at << " of " << size;
      }
    }
  }
}

TEST(name, is_nothing_that_a_line_or_a_pattern_would_take_for_something_else) {
  using namespace std::string_view_literals;
  for (const std::string_view text : {""sv,
                                      " a"sv,
                                      "a "sv,
                                      "a\"b"sv,
                                      "a\\b"sv,
                                      "a*"sv,
                                      "?"sv,
                                      "a\nb"sv,
                                      "a\tb"sv,
                                      "a\0b"sv,
                                      "\x7f"sv,
                                      "\xc2\x85"sv,
                                      "\xe2\x80\xa8"sv,
                                      "\xe2\x80\xae"
                                      "a"sv,
                                      "\xe2\x81\xa6"
                                      "a"sv,
                                      "\xd8\x9c"
                                      "a"sv,
                                      "\xff"sv,
                                      "\xc3"sv,
                                      "\xed\xa0\x80"sv,
                                      "\xc2\xa0"
                                      "a"sv,
                                      "a\xe3\x80\x80"sv,
                                      "\xef\xbb\xbf"
                                      "a"sv}) {
    EXPECT_FALSE(is_stream(text)) << text;
  }
}

TEST(name, is_as_long_as_its_limit_in_bytes) {
  EXPECT_TRUE(is_stream(std::string(256, 'x')));
  EXPECT_FALSE(is_stream(std::string(257, 'x')));
  EXPECT_FALSE(is_stream(std::string(255, 'x') + "\xc3\xa9"));
}

TEST(name, of_an_identity_is_one_plain_word) {
  EXPECT_TRUE(is_plain_name("plant-7", 64));
  EXPECT_FALSE(is_plain_name("plant 7", 64));
  EXPECT_FALSE(is_plain_name("\xc3\xa9", 64));
  EXPECT_FALSE(is_plain_name("-a", 64));
}

// The collection is found by a path in the environment; without it there is nothing to read.
TEST(name, every_naughty_string_is_refused_or_comes_back_as_it_was) {
  const char* const path = std::getenv("SPINDRIFT_NAUGHTY_STRINGS");
  if (path == nullptr) GTEST_SKIP() << "SPINDRIFT_NAUGHTY_STRINGS names no file";
  std::ifstream in(path);
  const nlohmann::json list = nlohmann::json::parse(in);
  ASSERT_GT(list.size(), 100U);
  std::size_t taken = 0;
  for (const auto& entry : list) {
    const auto text = entry.get<std::string>();
    const support::padded_text frame_text(nlohmann::json{{"stream", text}, {"value", 1}}.dump());
    decoder frames;
    const frame read = frames.decode(frame_text.view());
    std::string line;
    if (const auto* const wrong = std::get_if<protocol_error>(&read)) {
      EXPECT_EQ(wrong->code, error_code::bad_stream) << text;
      encode(*wrong, 1, line);
      ASSERT_TRUE(nlohmann::json::accept(line)) << text;
      continue;
    }
    ++taken;
    verdict told;
    told.subject = std::get<point>(read);
    told.subject.ts = 0;
    encode(told, line);
    EXPECT_EQ(nlohmann::json::parse(line).at("stream").get<std::string>(), text);
    EXPECT_EQ(line.find('\n'), line.size() - 1);
  }
  EXPECT_GT(taken, list.size() / 3);
}

}  // namespace
}  // namespace spindrift
