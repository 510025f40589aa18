#include "visualizer/series/series.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spindrift {
namespace {

sample numbered(std::uint64_t n, bool is_anomaly = false) {
  sample made;
  made.n = n;
  made.is_anomaly = is_anomaly;
  return made;
}

std::vector<std::uint64_t> numbers(const series& shown) {
  std::vector<std::uint64_t> found;
  for (const sample& held : shown.samples()) found.push_back(held.n);
  return found;
}

TEST(series, keeps_the_newest_points) {
  series shown("s", "", 3);
  for (std::uint64_t n = 1; n <= 5; ++n) shown.add(numbered(n, n == 1));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{3, 4, 5}));
  EXPECT_EQ(shown.totals().anomalies, 1U) << "counted although it has left";
  EXPECT_EQ(shown.arrivals(), 5U);
}

TEST(series, puts_a_late_point_where_it_belongs) {
  series shown("s", "", 3);
  const std::uint64_t generation = shown.generation();
  for (const std::uint64_t n : {1U, 3U, 2U}) shown.add(numbered(n));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_NE(shown.generation(), generation);
}

TEST(series, lets_a_point_go_that_is_older_than_all_it_has_room_for) {
  series shown("s", "", 2);
  for (const std::uint64_t n : {2U, 3U, 1U}) shown.add(numbered(n));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{2, 3}));
}

TEST(series, begins_anew_when_a_number_comes_again) {
  series shown("s", "", 9);
  for (const std::uint64_t n : {1U, 2U, 3U, 1U}) shown.add(numbered(n, true));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(shown.totals().anomalies, 1U);
}

TEST(series, begins_anew_after_a_restart_of_the_server_only_when_numbers_fall) {
  series shown("s", "", 9);
  shown.add(numbered(7));
  shown.expect_restart();
  shown.add(numbered(8));
  shown.add(numbered(6));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{6, 7, 8}));
  shown.expect_restart();
  shown.add(numbered(5));
  EXPECT_EQ(numbers(shown), (std::vector<std::uint64_t>{5}));
}

}  // namespace
}  // namespace spindrift
