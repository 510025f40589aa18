// Doubles that are one number, and numbers that are not touched.
#include "server/detect/rounding_noise.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace spindrift {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// A number of up to so many digits and any size that has a decimal.
double some_decimal(std::mt19937_64& random, int digits_max) {
  const auto digits = 1 + static_cast<int>(random() % static_cast<unsigned>(digits_max));
  std::string text = random() % 2 == 0 ? "-" : "";
  for (int i = 0; i < digits; ++i) text += static_cast<char>('0' + random() % 10);
  text += 'e' + std::to_string(static_cast<int>(random() % 24) - 18);
  return std::strtod(text.c_str(), nullptr);
}

TEST(rounding_noise, leaves_numbers_of_twelve_digits_as_they_are) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const double x = some_decimal(random, 12);
    ASSERT_EQ(without_rounding_noise(x), x);
  }
}

TEST(rounding_noise, of_three_last_places_goes) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 200'000; ++i) {
    const double x = some_decimal(random, 12);
    if (std::abs(x) < 1e-9 || std::abs(x) > 7e13) continue;
    double near = x;
    for (int k = 0; k < 3; ++k) near = std::nextafter(near, random() % 2 == 0 ? infinity : -infinity);
    ASSERT_EQ(without_rounding_noise(near), x);
  }
  EXPECT_EQ(without_rounding_noise(0.1 + 0.2), 0.3);
  EXPECT_EQ(without_rounding_noise((21.3 + 21.3 + 21.3) / 3), 21.3);
}

TEST(rounding_noise, leaves_what_has_no_digits_to_spare) {
  for (const double x : {0.0, 5e-324, 1.00000000000001e-9 / 4, 9.1e13 + 0.015625, 1e300, 9007199254740993.0}) {
    EXPECT_EQ(without_rounding_noise(x), x);
    EXPECT_EQ(without_rounding_noise(-x), -x);
  }
}

TEST(rounding_noise, keeps_two_numbers_of_thirteen_digits_apart) {
  EXPECT_NE(without_rounding_noise(230.0000000001), 230);
  EXPECT_NE(without_rounding_noise(1e9 + 0.001), 1e9);
}

}  // namespace
}  // namespace spindrift
