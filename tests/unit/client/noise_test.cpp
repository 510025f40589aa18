#include "client/noise.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spindrift {
namespace {

// From an independent implementation of splitmix64 and xoshiro256** in Python.
TEST(noise, is_xoshiro256_seeded_by_splitmix64) {
  noise_source noise(42);
  EXPECT_EQ(noise.bits(), 0x15780b2e0c2ec716U);
  EXPECT_EQ(noise.bits(), 0x6104d9866d113a7eU);
  EXPECT_EQ(noise.bits(), 0xae17533239e499a1U);
}

// The bits of these numbers were the same with GCC 12 at -O2 and clang 14 at -O3 -march=native.
TEST(noise, makes_the_same_normal_numbers_everywhere) {
  noise_source noise(1);
  EXPECT_EQ(noise.normal(), 0x1.e267c87ac62ebp+0);
  EXPECT_EQ(noise.normal(), 0x1.84abd879d0e18p-3);
  EXPECT_EQ(noise.normal(), 0x1.4d55c9633557cp+0);
  EXPECT_EQ(noise.normal(), -0x1.e8d0b0399ee9cp+0);
}

TEST(noise, differs_from_part_to_part_of_one_seed) {
  EXPECT_EQ(noise_source(42, 7).bits(), 0xeb03682d42b61e8bU);
  EXPECT_NE(noise_source(42, 7).bits(), noise_source(42, 8).bits());
  EXPECT_NE(noise_source(42, 7).bits(), noise_source(43, 7).bits());
  // Not even along a diagonal of seed and part.
  EXPECT_NE(noise_source(42, 8).bits(), noise_source(43, 7).bits());
}

// Mean, variance, and the share beyond 1, 2 and 3 sigma of 400,000 numbers, each within five standard errors.
TEST(noise, is_normal_where_normal_was_asked_for) {
  constexpr int count = 400'000;
  noise_source noise(3);
  double sum = 0;
  double squares = 0;
  int beyond[4] = {};
  for (int i = 0; i < count; ++i) {
    const double x = noise.normal();
    sum += x;
    squares += x * x;
    for (int sigma = 1; sigma <= 3; ++sigma) beyond[sigma] += std::fabs(x) > sigma ? 1 : 0;
  }
  EXPECT_NEAR(sum / count, 0, 5 / std::sqrt(count));
  EXPECT_NEAR(squares / count, 1, 5 * std::sqrt(2.0 / count));
  const double expected[4] = {0, 0.317311, 0.045500, 0.002700};
  for (int sigma = 1; sigma <= 3; ++sigma) {
    const double error = std::sqrt(expected[sigma] / count);
    EXPECT_NEAR(static_cast<double>(beyond[sigma]) / count, expected[sigma], 5 * error) << sigma << " sigma";
  }
}

TEST(noise, stays_within_the_bounds_of_a_uniform_range) {
  noise_source noise(9);
  double least = 1e9;
  double most = -1e9;
  for (int i = 0; i < 10'000; ++i) {
    const double x = noise.uniform(-4, 4);
    least = std::fmin(least, x);
    most = std::fmax(most, x);
  }
  EXPECT_GE(least, -4);
  EXPECT_LT(most, 4);
  EXPECT_LT(least, -3.99);
  EXPECT_GT(most, 3.99);
}

}  // namespace
}  // namespace spindrift
