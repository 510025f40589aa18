// Back-off and the limit of a minute.
#include "server/alerts/schedule.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(retry_delay, doubles_up_to_five_minutes) {
  EXPECT_EQ(retry_delay_ms(1, 1), 1'000);
  EXPECT_EQ(retry_delay_ms(2, 1), 2'000);
  EXPECT_EQ(retry_delay_ms(5, 1), 16'000);
  EXPECT_EQ(retry_delay_ms(9, 1), 256'000);
  for (const unsigned failures : {10U, 30U, 64U, 4'000'000'000U}) EXPECT_EQ(retry_delay_ms(failures, 1), 300'000);
}

TEST(retry_delay, is_between_a_half_and_all_of_it_by_chance) {
  EXPECT_EQ(retry_delay_ms(3, 0), 2'000);
  EXPECT_EQ(retry_delay_ms(3, 0.5), 3'000);
  EXPECT_EQ(retry_delay_ms(3, 1), 4'000);
}

TEST(minute_limit, lets_so_many_through_a_minute_and_the_next_when_the_first_is_a_minute_ago) {
  minute_limit limit(3);
  for (const std::int64_t now : {10'000, 20'000, 30'000}) {
    EXPECT_EQ(limit.wait_ms(now), 0);
    limit.sent(now);
  }
  EXPECT_EQ(limit.wait_ms(31'000), 39'000);
  EXPECT_EQ(limit.wait_ms(70'000), 0);
}

TEST(minute_limit, does_not_wait_for_a_clock_that_was_put_back) {
  minute_limit limit(1);
  limit.sent(1'000'000'000);
  EXPECT_EQ(limit.wait_ms(1'000), 0);
}

}  // namespace
}  // namespace spindrift
