#include "common/protocol/double_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

std::string ours(double value) {
  std::array<char, double_bytes_max> text{};
  return {text.data(), write_double(text.data(), value)};
}

std::string library(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

double of_bits(std::uint64_t exponent, std::uint64_t fraction) {
  return std::bit_cast<double>(exponent << 52U | fraction);
}

TEST(double_text, is_that_of_the_standard_library_at_the_edges_of_every_binade) {
  constexpr std::uint64_t top = (std::uint64_t{1} << 52U) - 1;
  for (std::uint64_t exponent = 0; exponent < 2'047; ++exponent) {
    for (const std::uint64_t fraction : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, top / 2, top - 1, top}) {
      const double value = of_bits(exponent, fraction);
      ASSERT_EQ(ours(value), library(value));
      ASSERT_EQ(ours(-value), library(-value));
    }
  }
}

TEST(double_text, is_that_of_the_standard_library_for_random_bits) {
  support::noise_source noise(1);
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t exponent = 1'005 + noise.below(70);  // where the fast way is taken, and a little beyond
    const double value = of_bits(exponent, noise.below(std::uint64_t{1} << 52U));
    ASSERT_EQ(ours(value), library(value));
  }
}

TEST(double_text, is_that_of_the_standard_library_for_short_decimals_and_their_neighbours) {
  support::noise_source noise(2);
  for (int i = 0; i < 300'000; ++i) {
    const double whole = static_cast<double>(noise.below(std::uint64_t{1} << (1 + noise.below(53))));
    const double value = whole / std::pow(10.0, static_cast<double>(noise.below(20)));
    for (const double each : {value, std::nextafter(value, 0.0), std::nextafter(value, HUGE_VAL)}) {
      ASSERT_EQ(ours(each), library(each));
    }
  }
}

TEST(double_text, is_plain_until_scientific_notation_is_shorter) {
  EXPECT_EQ(ours(0.0), "0");
  EXPECT_EQ(ours(-0.0), "-0");
  EXPECT_EQ(ours(-12.345678), "-12.345678");
  EXPECT_EQ(ours(0.001), "0.001");
  EXPECT_EQ(ours(0.0001), "1e-04");
  EXPECT_EQ(ours(10'000.0), "10000");
  EXPECT_EQ(ours(100'000.0), "1e+05");
  EXPECT_EQ(ours(120'000.0), "120000");
  EXPECT_EQ(ours(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

}  // namespace
}  // namespace spindrift
