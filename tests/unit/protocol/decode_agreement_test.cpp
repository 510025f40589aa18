// The decoder against nlohmann's parser: random documents, valid and broken, and the public suites of awkward JSON.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "common/model/limit.hpp"
#include "common/protocol/decode.hpp"
#include "common/protocol/encode.hpp"
#include "tests/support/json_oracle.hpp"
#include "tests/support/random_json.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

using support::json_oracle;
using support::padded_text;

std::string code_of(std::string_view text) {
  decoder frames;
  const padded_text padded(text);
  const frame found = frames.decode(padded.view());
  const auto* const wrong = std::get_if<protocol_error>(&found);
  return wrong != nullptr ? std::string(name_of(wrong->code)) : "taken";
}

void expect_agreement(const std::string& text) {
  const std::string code = code_of(text);
  switch (json_oracle::judge(text)) {
    case json_oracle::verdict::good:
      EXPECT_NE(code, "bad_json") << text;
      EXPECT_NE(code, "bad_value") << text;
      break;
    case json_oracle::verdict::bad_json:
      EXPECT_EQ(code, "bad_json") << text;
      break;
    case json_oracle::verdict::beyond_double:
      EXPECT_TRUE(code == "bad_value" || code == "bad_json") << code << " " << text;
      break;
  }
}

TEST(decode_agreement, random_documents_are_valid_for_both_parsers) {
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    support::random_json random(seed);
    const std::string text = random.object(7);
    SCOPED_TRACE("seed " + std::to_string(seed));
    ASSERT_EQ(json_oracle::judge(text), json_oracle::verdict::good) << text;
    expect_agreement(text);
  }
}

TEST(decode_agreement, broken_documents_are_broken_for_both_parsers) {
  int broken = 0;
  for (std::uint64_t seed = 1; seed <= 3'000; ++seed) {
    support::random_json random(seed);
    std::string text = random.object(4);
    for (int i = 0; i < 3; ++i) {
      text = random.broken(std::move(text));
      SCOPED_TRACE("seed " + std::to_string(seed));
      // The inbox never gives blanks in front, nor an empty frame.
      if (text.empty() || text.front() != '{') break;
      expect_agreement(text);
      broken += json_oracle::judge(text) == json_oracle::verdict::good ? 0 : 1;
    }
  }
  EXPECT_GT(broken, 2'000);
}

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

bool contains_object_only(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string::npos && text[begin] == '{';
}

// Goal: the public parsing suite. Its y_ files must be read, its n_ files refused, its i_ files survived. The suite
// speaks of any JSON text, the protocol of objects; a duplicate key is valid JSON and still refused here.
TEST(decode_agreement, the_json_test_suite) {
  const char* const folder = std::getenv("SPINDRIFT_JSONTESTSUITE_DIR");
  if (folder == nullptr) GTEST_SKIP() << "SPINDRIFT_JSONTESTSUITE_DIR is not set";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(folder) / "test_parsing")) {
    const std::string name = entry.path().filename().string();
    const std::string text = content_of(entry.path());
    if (text.size() > model::frame_bytes_max) continue;
    ++files;
    SCOPED_TRACE(name);
    const std::string trimmed = contains_object_only(text) ? text.substr(text.find('{')) : text;
    const std::string code = code_of(trimmed);
    const bool has_duplicate = name.starts_with("y_object_duplicated_key");
    if (name.starts_with("n_")) {
      EXPECT_NE(code, "taken");
    }
    if (name.starts_with("y_") && contains_object_only(text)) {
      EXPECT_EQ(code == "bad_json", has_duplicate);
    }
    // The same text as a value that nobody uses.
    const std::string inside = "{\"value\":1,\"unused\":" + text + "}";
    const std::string inside_code = code_of(inside);
    if (name.starts_with("n_") && text.find('}') == std::string::npos) {
      EXPECT_NE(inside_code, "taken");
    }
    if (name.starts_with("y_")) {
      EXPECT_EQ(inside_code, has_duplicate ? "bad_json" : "taken");
    }
  }
  EXPECT_GT(files, 300U);
}

// Goal: whatever stands in a string, nothing that is written is ever invalid JSON.
TEST(decode_agreement, naughty_strings_as_names_keys_and_values) {
  const char* const path = std::getenv("SPINDRIFT_NAUGHTY_STRINGS");
  if (path == nullptr) GTEST_SKIP() << "SPINDRIFT_NAUGHTY_STRINGS is not set";
  const auto strings = nlohmann::json::parse(content_of(path));
  ASSERT_GT(strings.size(), 400U);
  for (const auto& each : strings) {
    const std::string text = each.get<std::string>();
    const std::string quoted = each.dump();
    for (const std::string& line :
         {"{\"value\":1,\"stream\":" + quoted + "}", "{\"value\":1," + quoted + ":1}", "{\"value\":" + quoted + "}",
          "{\"values\":{" + quoted + ":1}}", "{\"op\":" + quoted + "}", "{\"op\":\"ping\",\"id\":" + quoted + "}",
          "{\"op\":\"hello\",\"producer\":" + quoted + "}", "{\"value\":1,\"ts\":" + quoted + "}", text}) {
      decoder frames;
      const padded_text padded(line);
      const frame found = frames.decode(padded.view());
      std::string out;
      if (const auto* const wrong = std::get_if<protocol_error>(&found)) encode(*wrong, 1, out);
      if (const auto* const taken = std::get_if<point>(&found)) encode(*taken, out);
      if (const auto* const command = std::get_if<command_frame>(&found)) encode(*command, out);
      EXPECT_TRUE(nlohmann::json::accept(out)) << out;
      EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1) << out;
    }
    std::string out;
    append_json_string(text, out);
    EXPECT_EQ(nlohmann::json::parse(out).get<std::string>(), text);
  }
}

}  // namespace
}  // namespace spindrift
