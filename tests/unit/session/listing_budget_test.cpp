#include "server/session/listing_budget.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

constexpr std::size_t a_millisecond = listing_budget::streams_per_ms;

TEST(listing_budget, gives_each_millisecond_its_streams_and_no_more_than_four_at_once) {
  listing_budget budget;
  EXPECT_EQ(budget.left(1'000), 4 * a_millisecond);
  budget.spend(100);
  EXPECT_EQ(budget.left(1'000), 4 * a_millisecond - 100);
  budget.spend(5 * a_millisecond);
  EXPECT_EQ(budget.left(1'000), 0U);
  EXPECT_EQ(budget.left(1'001), a_millisecond);
  EXPECT_EQ(budget.left(1'004), 3 * a_millisecond);
  EXPECT_EQ(budget.left(9'000), 4 * a_millisecond);
}

TEST(listing_budget, charges_something_for_a_listing_of_nothing) {
  listing_budget budget;
  std::size_t listings = 0;
  while (budget.left(1) > 0) {
    budget.spend(0);
    ++listings;
  }
  EXPECT_EQ(listings, 4 * a_millisecond / listing_budget::spent_min);
}

TEST(listing_budget, lets_those_wait_longer_who_were_turned_away_later) {
  listing_budget budget;
  budget.left(1);
  EXPECT_EQ(budget.wait().count(), 1);
  EXPECT_EQ(budget.wait().count(), 2);
  budget.left(2);
  EXPECT_EQ(budget.wait().count(), 1);
}

}  // namespace
}  // namespace spindrift
