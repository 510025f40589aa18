#include "common/protocol/double_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

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

TEST(double_text, is_that_of_the_standard_library_for_prices_and_counts_and_what_lies_just_beside_them) {
  support::noise_source noise(3);
  for (int i = 0; i < 300'000; ++i) {
    const double unit = std::pow(10.0, static_cast<double>(noise.below(10)));
    const double whole = std::min(1e18, std::pow(10.0, static_cast<double>(noise.below(21)) - 5.0) * unit);
    const double value = static_cast<double>(noise.below(static_cast<std::uint64_t>(whole) + 2)) / unit;
    for (const double each : {value, value + 0.0005, std::nextafter(value, 0.0), std::nextafter(value, HUGE_VAL)}) {
      ASSERT_EQ(ours(each), library(each));
      ASSERT_EQ(ours(-each), library(-each));
    }
  }
}

// Such values lie exactly between two decimals of 17 digits, or are exact themselves.
TEST(double_text, is_that_of_the_standard_library_for_mantissas_of_few_bits) {
  support::noise_source noise(4);
  for (int i = 0; i < 300'000; ++i) {
    const std::uint64_t kept = ~std::uint64_t{0} << noise.below(53);
    const double value = of_bits(1'005 + noise.below(70), noise.below(std::uint64_t{1} << 52U) & kept);
    ASSERT_EQ(ours(value), library(value));
  }
}

TEST(double_text, is_that_of_the_standard_library_around_powers_of_ten_and_where_the_ways_part) {
  for (int exponent = -25; exponent < 25; ++exponent) {
    for (const double factor : {1.0, 2.0, 9.0, 11.0}) {
      double below = factor * std::pow(10.0, exponent);
      double above = below;
      for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(ours(below), library(below));
        ASSERT_EQ(ours(above), library(above));
        below = std::nextafter(below, 0.0);
        above = std::nextafter(above, HUGE_VAL);
      }
    }
  }
}

TEST(double_text, stays_within_its_bytes) {
  support::noise_source noise(5);
  for (int i = 0; i < 100'000; ++i) {
    std::array<char, double_bytes_max + 2> text;
    text.fill('~');
    write_double(&text[1], -of_bits(noise.below(2'047), noise.below(std::uint64_t{1} << 52U)));
    write_double(&text[1], -of_bits(1'005 + noise.below(70), noise.below(std::uint64_t{1} << 52U)));
    ASSERT_EQ(text.front(), '~');
    ASSERT_EQ(text.back(), '~');
  }
}

TEST(double_text, is_plain_until_scientific_notation_is_shorter) {
  EXPECT_EQ(ours(0.0), "0");
  EXPECT_EQ(ours(-0.0), "-0");
  EXPECT_EQ(ours(-12.345678), "-12.345678");
  EXPECT_EQ(ours(0.001), "0.001");
  EXPECT_EQ(ours(0.0001), "1e-04");
  EXPECT_EQ(ours(0.0009), "9e-04");
  EXPECT_EQ(ours(0.00012), "0.00012");
  EXPECT_EQ(ours(20.123), "20.123");
  EXPECT_EQ(ours(99'999.999), "99999.999");
  EXPECT_EQ(ours(-0.1), "-0.1");
  EXPECT_EQ(ours(10'000.0), "10000");
  EXPECT_EQ(ours(100'000.0), "1e+05");
  EXPECT_EQ(ours(120'000.0), "120000");
  EXPECT_EQ(ours(3'000'000'000.0), "3e+09");
  EXPECT_EQ(ours(1'234'500'000.0), "1234500000");
  EXPECT_EQ(ours(12'345'678'900.5), "12345678900.5");
  EXPECT_EQ(ours(std::numeric_limits<double>::denorm_min()), "5e-324");
  EXPECT_EQ(ours(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(ours(std::numeric_limits<double>::max()), "1.7976931348623157e+308");
}

std::string six_digits_of(double value) {
  std::array<char, double_bytes_max> text;
  return {text.data(), write_six_digits(text.data(), value)};
}

// Where the digits are not written as they are: the double nearest to them, by the shortest text.
TEST(double_text, writes_six_digits_as_it_writes_the_double_that_they_are) {
  support::noise_source noise(7);
  for (int i = 0; i < 300'000; ++i) {
    const double value = std::pow(10.0, noise.uniform() * 9 - 4) * (noise.chance(0.2) ? 1 : noise.uniform());
    const std::string text = six_digits_of(value);
    ASSERT_EQ(text, library(std::strtod(text.c_str(), nullptr))) << value;
  }
}

TEST(double_text, has_the_six_digits_of_the_standard_library) {
  support::noise_source noise(6);
  for (int i = 0; i < 300'000; ++i) {
    const double value = (noise.chance(0.5) ? 1 : -1) * std::pow(10.0, noise.uniform() * 24 - 6) * noise.uniform();
    std::array<char, 40> text;
    *std::to_chars(text.data(), text.data() + 39, value, std::chars_format::general, 6).ptr = 0;
    const std::string short_text = six_digits_of(value);
    ASSERT_EQ(std::strtod(short_text.c_str(), nullptr), std::strtod(text.data(), nullptr)) << short_text;
  }
}

// As long as can be, and nothing behind its room.
TEST(double_text, of_an_integer_is_that_of_the_standard_library) {
  support::noise_source noise(8);
  std::vector<std::uint64_t> values = {0,
                                       9,
                                       10,
                                       999,
                                       1'000,
                                       99'999'999,
                                       100'000'000,
                                       9'999'999'999'999'999,
                                       10'000'000'000'000'000,
                                       std::numeric_limits<std::uint64_t>::max()};
  for (int i = 0; i < 100'000; ++i) values.push_back(noise.bits() >> static_cast<unsigned>(noise.uniform() * 64));
  for (std::uint64_t power = 1; power < 10'000'000'000'000'000'000U; power *= 10) {
    for (const std::uint64_t near : {power - 1, power, power + 1, power * 3}) values.push_back(near);
  }
  for (const std::uint64_t value : values) {
    std::array<char, integer_bytes_max + 1> text;
    text.back() = 'x';
    const std::string ours(text.data(), write_integer(text.data(), value));
    ASSERT_EQ(ours, std::to_string(value));
    ASSERT_EQ(text.back(), 'x') << value;
  }
}

TEST(double_text, has_one_place_more_where_six_nines_round_up) {
  for (int place = -3; place <= 6; ++place) {
    const double next = std::pow(10.0, place);
    for (const double share : {0.9999994, 0.99999949999, 0.99999950001, 0.9999996, 0.99999999999, 1.0}) {
      for (const double value : {next * share, -next * share}) {
        std::array<char, 40> text;
        *std::to_chars(text.data(), text.data() + 39, value, std::chars_format::general, 6).ptr = 0;
        const std::string shown = six_digits_of(value);
        EXPECT_EQ(std::strtod(shown.c_str(), nullptr), std::strtod(text.data(), nullptr)) << shown;
        EXPECT_EQ(shown, library(std::strtod(shown.c_str(), nullptr)));
      }
    }
  }
}

TEST(double_text, rounds_to_six_digits) {
  EXPECT_EQ(six_digits_of(0), "0");
  EXPECT_EQ(six_digits_of(21.1), "21.1");
  EXPECT_EQ(six_digits_of(-0.1234567), "-0.123457");
  EXPECT_EQ(six_digits_of(999'999.5), "1e+06");
  EXPECT_EQ(six_digits_of(9.9999999), "10");
  EXPECT_EQ(six_digits_of(0.00099999999), "0.001");
  EXPECT_EQ(six_digits_of(123'456'789), "123457000");
  EXPECT_EQ(six_digits_of(1.23456789e-7), "1.23457e-07");
  EXPECT_EQ(six_digits_of(1.23456789e20), "1.23457e+20");
}

}  // namespace
}  // namespace spindrift
