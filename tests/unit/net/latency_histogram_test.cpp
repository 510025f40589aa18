// Goal: each point is in the bucket of its round's time, and in no other.
#include "server/net/latency_histogram.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

TEST(latency_histogram, counts_points_by_the_time_of_their_round) {
  latency_histogram seen;
  seen.add(microseconds(20), 3);
  seen.add(microseconds(21), 2);
  seen.add(seconds(5), 1);
  seen.add(microseconds(1), 0);
  latency_counts all;
  seen.add_to(all);
  EXPECT_EQ(all.buckets.front(), 3U) << "a bound belongs to its bucket";
  EXPECT_EQ(all.buckets[1], 2U);
  EXPECT_EQ(all.buckets.back(), 1U);
  EXPECT_EQ(all.sum_ns, 3 * 20'000 + 2 * 21'000 + 5'000'000'000U);
}

TEST(latency_histogram, adds_up_several_shards) {
  latency_histogram one;
  latency_histogram other;
  one.add(microseconds(30), 5);
  other.add(microseconds(30), 7);
  latency_counts all;
  one.add_to(all);
  other.add_to(all);
  EXPECT_EQ(all.buckets[1], 12U);
}

}  // namespace
}  // namespace spindrift
