#include "common/model/pattern.hpp"

#include <gtest/gtest.h>

#include <string>

#include "common/model/glob.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

std::string random_text(support::noise_source& noise, std::string_view letters, std::uint64_t length_max) {
  std::string text;
  const std::uint64_t length = noise.below(length_max + 1);
  for (std::uint64_t i = 0; i < length; ++i) text += letters[static_cast<std::size_t>(noise.below(letters.size()))];
  return text;
}

TEST(pattern, takes_exactly_what_the_glob_takes) {
  support::noise_source noise(3);
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(noise, i % 2 == 0 ? "ab*?" : "aaab*", 8);
    const std::string name = random_text(noise, "ab", 10);
    const bool is_taken = matches(text, name);
    taken += is_taken ? 1U : 0U;
    ASSERT_EQ(pattern(text).takes(name), is_taken) << '"' << text << "\" on \"" << name << '"';
  }
  EXPECT_GT(taken, 10'000U);
}

TEST(pattern, knows_the_one_that_takes_all) {
  EXPECT_TRUE(pattern("*").takes_all());
  EXPECT_FALSE(pattern("**").takes_all());
  EXPECT_TRUE(pattern("**").takes("a"));
  EXPECT_TRUE(pattern("**").takes(""));
}

TEST(pattern, lets_no_piece_use_the_same_bytes_twice) {
  EXPECT_FALSE(pattern("ab*ba").takes("aba"));
  EXPECT_TRUE(pattern("ab*ba").takes("abba"));
  EXPECT_FALSE(pattern("a*bc*c").takes("abc"));
  EXPECT_TRUE(pattern("a*bc*c").takes("abcc"));
}

}  // namespace
}  // namespace spindrift
