// The newest points of a stream: what little is kept of each, and what is taken back of a saved one.
#include "server/events/context_ring.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/detect/archive.hpp"

namespace spindrift {
namespace {

void add_to(context_ring& ring, std::int64_t ts, std::vector<double> values) {
  ring.add(ts, values);
}

// The bytes of the one, taken back into the other.
void save_into(context_ring& from, context_ring& to) {
  std::string bytes;
  state_writer out(bytes);
  out(from);
  state_reader in(bytes);
  in(to);
  EXPECT_TRUE(in.ok());
}

TEST(context_ring, tells_a_value_as_people_would_write_it) {
  context_ring ring(4);
  add_to(ring, 1, {21.3, 1e-7});
  EXPECT_EQ(ring.points(0)[0].value, 21.3);
  EXPECT_EQ(ring.points(1)[0].value, 1e-7);
}

TEST(context_ring, tells_a_distance_beyond_49_days_as_49_days) {
  constexpr std::int64_t year = 365LL * 24 * 3'600 * 1'000;
  context_ring ring(4);
  add_to(ring, 0, {1});
  add_to(ring, year, {2});
  const auto points = ring.points(0);
  EXPECT_EQ(points[1].ts, year);
  EXPECT_EQ(points[0].ts, year - std::int64_t{UINT32_MAX});
}

TEST(context_ring, keeps_short_distances_when_a_long_one_comes) {
  context_ring ring(4);
  const std::vector<std::int64_t> times{1'000, 66'535, 67'000, 500'000, 500'001};
  for (std::size_t i = 0; i < times.size(); ++i) add_to(ring, times[i], {static_cast<double>(i), -1});
  context_ring back(4);
  save_into(ring, back);
  for (const context_ring* one : {&ring, &back}) {
    const auto points = one->points(0);
    ASSERT_EQ(points.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_EQ(points[i].ts, times[i + 1]);
      EXPECT_EQ(points[i].value, static_cast<double>(i + 1));
    }
  }
}

// Points that come evenly, then one that does not, in any place of the ring; saved and taken back on the way. Of as
// many values as lie within, and of more.
class a_ring : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(of_values, a_ring, testing::Values(1, 8, 9, 64));

TEST_P(a_ring, tells_even_and_uneven_distances_alike) {
  std::vector<double> values(GetParam());
  for (const std::int64_t usual : {0, 1'000, 300'000, 86'400'000}) {
    for (const std::int64_t other : {0, 7, 90'000'000}) {
      for (int uneven = 1; uneven <= 9; ++uneven) {
        context_ring ring(4);
        std::vector<std::int64_t> times{5};
        for (int i = 1; i <= 10; ++i) times.push_back(times.back() + (i == uneven ? other : usual));
        for (std::size_t n = 1; n <= times.size(); ++n) {
          for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<double>(n + 100 * k);
          add_to(ring, times[n - 1], values);
          if (n % 3 == 0) {
            context_ring back(4);
            save_into(ring, back);
            ring = std::move(back);
          }
          const std::size_t k = n % values.size();
          const auto points = ring.points(k);
          ASSERT_EQ(points.size(), std::min<std::size_t>(n, 4));
          for (std::size_t i = 0; i < points.size(); ++i) {
            ASSERT_EQ(points[i].ts, times[n - points.size() + i]) << usual << ", " << other << " at " << uneven;
            ASSERT_EQ(points[i].value, static_cast<double>(n - points.size() + i + 1 + 100 * k));
          }
        }
      }
    }
  }
}

TEST(context_ring, tells_no_time_before_the_one_of_the_point_before) {
  context_ring ring(4);
  add_to(ring, 5'000, {1});
  add_to(ring, 3'000, {2});
  add_to(ring, 6'000, {3});
  const auto points = ring.points(0);
  EXPECT_EQ(points[0].ts, 5'000);
  EXPECT_EQ(points[1].ts, 5'000);
  EXPECT_EQ(points[2].ts, 6'000);
}

TEST(context_ring, of_no_points_holds_none) {
  context_ring ring(0);
  add_to(ring, 1, {1});
  EXPECT_TRUE(ring.points(0).empty());
  EXPECT_TRUE(context_ring(4).points(0).empty());
}

TEST(context_ring, goes_on_where_it_was_saved) {
  context_ring saved(3);
  for (int i = 1; i <= 5; ++i) add_to(saved, i, {static_cast<double>(i)});
  context_ring back(3);
  save_into(saved, back);
  add_to(back, 6, {6});
  const auto points = back.points(0);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].value, 4);
  EXPECT_EQ(points[0].ts, 4);
  EXPECT_EQ(points[2].value, 6);
}

TEST(context_ring, that_was_saved_of_more_values_than_there_are_begins_anew) {
  context_ring saved(3);
  for (int i = 0; i < 3; ++i) add_to(saved, i, {1, 2, 3});
  context_ring back(3);
  save_into(saved, back);
  EXPECT_TRUE(back.points(3).empty()) << "there are three";
  add_to(back, 9, {5});
  ASSERT_EQ(back.points(0).size(), 1U);
  EXPECT_EQ(back.points(0)[0].value, 5);
  EXPECT_TRUE(back.points(1).empty());
}

TEST(context_ring, that_was_saved_with_another_length_begins_anew) {
  context_ring saved(3);
  for (int i = 1; i <= 5; ++i) add_to(saved, i, {static_cast<double>(i)});
  context_ring back(4);
  save_into(saved, back);
  EXPECT_TRUE(back.points(0).empty());
  add_to(back, 9, {9});
  EXPECT_EQ(back.points(0).size(), 1U);
}

}  // namespace
}  // namespace spindrift
