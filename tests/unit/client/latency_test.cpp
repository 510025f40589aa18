#include "client/latency.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "client/noise.hpp"

namespace spindrift {
namespace {

// Goal: percentiles within 0.4 % of the exact ones. Method: values over seven decades, sorted, by the same rank rule.
TEST(latency, agrees_with_the_sorted_values) {
  noise_source noise(11);
  latency_histogram histogram;
  std::vector<std::uint64_t> values;
  for (int i = 0; i < 50'000; ++i) {
    const auto value = static_cast<std::uint64_t>(std::pow(10.0, noise.uniform(0, 10)));
    values.push_back(value);
    histogram.record(value);
  }
  std::sort(values.begin(), values.end());
  for (const double quantile : {0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double rank = std::max(1.0, std::ceil(quantile * static_cast<double>(values.size())));
    const auto exact = static_cast<double>(values[static_cast<std::size_t>(rank) - 1]);
    EXPECT_NEAR(histogram.percentile(quantile).value(), exact, exact * 0.004) << quantile;
  }
  EXPECT_EQ(histogram.max(), values.back());
  EXPECT_EQ(histogram.count(), values.size());
}

TEST(latency, is_exact_where_values_are_small) {
  latency_histogram histogram;
  for (std::uint64_t value = 0; value < 256; ++value) histogram.record(value);
  EXPECT_EQ(histogram.percentile(0.5), 127);
  EXPECT_EQ(histogram.percentile(1.0), 255);
}

TEST(latency, takes_the_extremes_of_its_range) {
  latency_histogram histogram;
  histogram.record(0);
  histogram.record(~std::uint64_t{0});
  EXPECT_EQ(histogram.percentile(0), 0);
  EXPECT_NEAR(histogram.percentile(1).value(), 0x1p64, 0x1p64 * 0.004);
}

TEST(latency, has_no_percentile_without_values) {
  EXPECT_EQ(latency_histogram().percentile(0.5), std::nullopt);
}

TEST(latency, never_reports_a_percentile_above_the_maximum) {
  latency_histogram histogram;
  histogram.record(1'000'001);
  EXPECT_LE(histogram.percentile(0.99).value(), 1'000'001);
}

TEST(latency, counts_repeated_values) {
  latency_histogram histogram;
  histogram.record(10, 99);
  histogram.record(200);
  EXPECT_EQ(histogram.percentile(0.99), 10);
  EXPECT_EQ(histogram.percentile(0.995), 200);
}

}  // namespace
}  // namespace spindrift
