#include "common/model/glob.hpp"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

// The definition, written down as it reads.
bool plain_matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    return plain_matches(pattern.substr(1), text) || (!text.empty() && plain_matches(pattern, text.substr(1)));
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         plain_matches(pattern.substr(1), text.substr(1));
}

std::string random_text(support::noise_source& noise, std::string_view letters, std::uint64_t length_max) {
  std::string text;
  const std::uint64_t length = noise.below(length_max + 1);
  for (std::uint64_t i = 0; i < length; ++i) text += letters[static_cast<std::size_t>(noise.below(letters.size()))];
  return text;
}

TEST(glob, takes_what_the_contract_says) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("cpu.*", "cpu.user"));
  EXPECT_TRUE(matches("cpu.*", "cpu."));
  EXPECT_FALSE(matches("cpu.*", "cpu"));
  EXPECT_TRUE(matches("c?u", "cpu"));
  EXPECT_FALSE(matches("c?u", "cu"));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_FALSE(matches("a", "A"));
  EXPECT_FALSE(matches("[ab]", "a"));
}

TEST(glob, agrees_with_the_definition) {
  for (std::uint64_t seed = 1; seed <= 50'000; ++seed) {
    support::noise_source noise(seed);
    const std::string pattern = random_text(noise, "ab*?", 8);
    const std::string text = random_text(noise, "ab", 8);
    ASSERT_EQ(matches(pattern, text), plain_matches(pattern, text)) << pattern << " " << text;
  }
}

// A pattern that would take a naive matcher ages.
TEST(glob, stays_quick_with_many_stars) {
  std::string pattern;
  for (int i = 0; i < 128; ++i) pattern += "*a";
  EXPECT_FALSE(matches(pattern + "b", std::string(128, 'a')));
}

TEST(glob, covers_only_patterns_that_take_no_more) {
  EXPECT_TRUE(covers("*", "cpu.*"));
  EXPECT_TRUE(covers("cpu.*", "cpu.*"));
  EXPECT_TRUE(covers("cpu.*", "cpu.user"));
  EXPECT_TRUE(covers("cpu.*", "cpu.?x*"));
  EXPECT_TRUE(covers("cpu.?", "cpu.?"));
  EXPECT_FALSE(covers("cpu.?", "cpu.*"));
  EXPECT_FALSE(covers("cpu.*", "*"));
  EXPECT_FALSE(covers("cpu.*", "c*"));
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 50'000; ++seed) {
    support::noise_source noise(seed);
    const std::string wide = random_text(noise, "ab*?", 5);
    const std::string narrow = random_text(noise, "ab*?", 5);
    const std::string name = random_text(noise, "ab", 6);
    if (!covers(wide, narrow)) continue;
    ++covered;
    ASSERT_TRUE(!matches(narrow, name) || matches(wide, name)) << wide << " " << narrow << " " << name;
  }
  EXPECT_GT(covered, 1'000);
}

}  // namespace
}  // namespace spindrift
