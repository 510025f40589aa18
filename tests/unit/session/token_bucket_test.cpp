#include "server/session/token_bucket.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

std::size_t spend_all(token_bucket& what) {
  std::size_t spent = 0;
  for (; !what.is_spent() && spent < 1'000'000; ++spent) what.spend();
  return spent;
}

TEST(token_bucket, has_ten_seconds_worth_at_once) {
  token_bucket of(100);
  of.refill(5'000);
  EXPECT_EQ(spend_all(of), 1'000U);
  EXPECT_TRUE(of.is_spent());
}

TEST(token_bucket, comes_back_at_its_rate_and_never_beyond_the_burst) {
  token_bucket of(100);
  of.refill(1);
  spend_all(of);
  of.refill(501);
  EXPECT_EQ(spend_all(of), 50U);
  of.refill(3'600'000);
  EXPECT_EQ(spend_all(of), 1'000U);
}

TEST(token_bucket, that_is_spent_is_worth_waiting_for) {
  for (const std::size_t rate : {1U, 3U, 100U, 100'000U}) {
    token_bucket of(rate);
    of.refill(1);
    spend_all(of);
    const auto wait = of.until_refilled();
    EXPECT_GT(wait.count(), 0);
    EXPECT_LE(wait.count(), 1'001) << "at the slowest rate a second is enough";
    of.refill(1 + wait.count());
    EXPECT_FALSE(of.is_spent()) << "who waited may go on, at " << rate << "/s";
  }
}

TEST(token_bucket, without_a_rate_has_no_end) {
  token_bucket of(0);
  for (int i = 0; i < 100'000; ++i) of.spend();
  EXPECT_FALSE(of.is_spent());
}

TEST(token_bucket, does_not_mind_a_clock_that_stands_still) {
  token_bucket of(10);
  for (int i = 0; i < 1'000; ++i) of.refill(7);
  EXPECT_EQ(spend_all(of), 100U);
}

}  // namespace
}  // namespace spindrift
