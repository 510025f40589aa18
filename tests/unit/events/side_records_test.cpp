// How far beyond the largest surprise to its side something is.
#include "server/events/side_records.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

side_records after(int points, double low, double high) {
  side_records records;
  for (int i = 0; i < points; ++i) records.learn(i % 2 == 0 ? low : high);
  return records;
}

TEST(side_records, says_nothing_of_a_young_stream) {
  EXPECT_EQ(after(499, -4, 4).beyond(1'000), 0);
  EXPECT_GT(after(500, -4, 4).beyond(1'000), 200);
}

TEST(side_records, holds_each_side_against_its_own) {
  const side_records records = after(600, -8, 4);
  EXPECT_NEAR(records.beyond(20), 5, 0.01);
  EXPECT_NEAR(records.beyond(-20), 2.5, 0.01);
}

TEST(side_records, takes_a_calm_side_for_three) {
  EXPECT_NEAR(after(600, -0.1, 0.1).beyond(9), 3, 1e-9);
}

TEST(side_records, forgets_a_record_with_time) {
  side_records records = after(600, -4, 50);
  const double young = records.beyond(100);
  for (int i = 0; i < 20'000; ++i) records.learn(1);
  EXPECT_GT(records.beyond(100), 2 * young);
}

TEST(side_records, learns_of_the_absurd_what_a_float_holds) {
  side_records records = after(600, -4, 4);
  records.learn(1e300);
  EXPECT_GT(records.beyond(1e300), 1e200);
}

}  // namespace
}  // namespace spindrift
