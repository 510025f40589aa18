#include "server/detect/packed_window.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;

std::uint64_t bits(double x) {
  return std::bit_cast<std::uint64_t>(x);
}

packed_window window_of(const std::vector<double>& values) {
  return packed_window(values);
}

void expect_same(const packed_window& window, const std::vector<double>& values) {
  ASSERT_EQ(window.size(), values.size());
  std::size_t i = 0;
  window.for_each([&](double x) {
    EXPECT_EQ(bits(x), bits(values[i])) << i;
    EXPECT_EQ(bits(window[i]), bits(values[i])) << i;
    ++i;
  });
  EXPECT_EQ(i, values.size());
}

TEST(packed_window, packs_decimals_and_gives_them_back_to_the_bit) {
  for (const auto& values : std::vector<std::vector<double>>{
           {1, 2, 3},
           {50.1, 50.12, 50.123, 50.123456},
           {0.1, 0.2, 0.30, -0.7},
           {1073.741823, -1073.741823},
           {1073741823, -1073741823, 0},
           {123456789.012345, 123456788.5, 123456790},
           {0.000000001, 2.147483647},
       }) {
    const packed_window window = window_of(values);
    EXPECT_TRUE(window.is_packed());
    expect_same(window, values);
  }
}

TEST(packed_window, keeps_what_is_no_short_decimal_in_eight_bytes_with_all_others) {
  for (const double odd : {1.0 / 3.0, 0.1 + 0.2, -0.0, 1e16, 2147485000.0, 1e-10, 5e-324, 1e140,
                           std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const std::vector<double> values{20.25, odd, 1000.125, 0.5};
    const packed_window window = window_of(values);
    EXPECT_FALSE(window.is_packed()) << odd;
    expect_same(window, values);
  }
}

TEST(packed_window, gives_up_where_values_lie_too_far_apart) {
  const std::vector<double> values{0.123456, 2150.5};
  const packed_window window = window_of(values);
  EXPECT_FALSE(window.is_packed());
  expect_same(window, values);
}

TEST(packed_window, takes_three_bytes_a_value_as_long_as_they_lie_close_together) {
  std::vector<double> values{50.123456, 49.5, 54.25};
  packed_window window = window_of(values);
  EXPECT_EQ(window.value_bytes(), 3U);
  EXPECT_EQ(window.exchange(1, 950.000001), 49.5);
  values[1] = 950.000001;
  EXPECT_EQ(window.value_bytes(), 4U);
  expect_same(window, values);
}

TEST(packed_window, takes_two_bytes_a_value_of_one_or_two_decimals) {
  std::vector<double> values{21.3, 19.75, 150};
  packed_window window = window_of(values);
  EXPECT_EQ(window.value_bytes(), 2U);
  EXPECT_EQ(window.exchange(1, 650.01), 19.75);
  values[1] = 650.01;
  EXPECT_EQ(window.value_bytes(), 3U);
  expect_same(window, values);
}

TEST(packed_window, follows_values_that_go_one_way) {
  constexpr int length = 50;
  packed_window window;
  window.reserve(length);
  for (int i = 0; i < length; ++i) window.push_back(i * 0.25);
  for (int i = length; i < 1'000'000; ++i) {
    ASSERT_EQ(window.exchange(static_cast<std::size_t>(i) % length, i * 0.25), (i - length) * 0.25);
  }
  EXPECT_EQ(window.value_bytes(), 2U);
}

TEST(packed_window, holds_what_was_set_whatever_comes_in_which_order) {
  noise_source noise(1);
  for (int round = 0; round < 300; ++round) {
    packed_window window;
    std::vector<double> values;
    const double unit = std::pow(10.0, static_cast<double>(noise.below(12)));
    const double odd_share = noise.chance(0.5) ? 0 : 0.01;
    for (int i = 0; i < 200; ++i) {
      const double x = noise.chance(odd_share) ? noise.normal() : std::round(noise.normal() * unit * 20) / unit;
      if (values.size() == window.capacity()) window.reserve(values.size() + 1 + noise.below(30));
      if (values.empty() || noise.chance(0.6)) {
        values.push_back(x);
        window.push_back(x);
      } else {
        const auto at = static_cast<std::size_t>(noise.below(values.size()));
        EXPECT_EQ(bits(window.exchange(at, x)), bits(values[at]));
        values[at] = x;
      }
      if (noise.chance(0.005)) {
        values.clear();
        window.clear();
      }
    }
    expect_same(window, values);
    if (HasFailure()) FAIL() << round;
  }
}

TEST(packed_window, has_no_address_without_values) {
  EXPECT_EQ(packed_window().address(1), nullptr);
  EXPECT_NE(window_of({1, 2}).address(1), nullptr);
}

TEST(packed_window, packs_again_once_it_was_cleared) {
  packed_window window = window_of({1.0 / 3.0});
  EXPECT_FALSE(window.is_packed());
  window.clear();
  window.reserve(1);
  window.push_back(0.25);
  EXPECT_TRUE(window.is_packed());
  expect_same(window, {0.25});
}

}  // namespace
}  // namespace spindrift
