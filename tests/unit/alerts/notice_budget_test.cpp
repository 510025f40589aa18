// The budget of messages: what is learned, and what comes through.
#include "server/alerts/notice_budget.hpp"

#include <gtest/gtest.h>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;
constexpr std::int64_t begin_ms = 1'764'000'000'000;

// A week in which something happens every ten minutes, of severities from 20 to 59.
void teach(notice_budget& kept) {
  for (int i = 0; i < 7 * 144; ++i) kept.takes(begin_ms + i * 10 * minute_ms, 20 + i * 7 % 40, false);
}

TEST(notice_budget, tells_only_what_is_bad_by_itself_in_its_first_hour) {
  notice_budget kept(5, 30'000);
  EXPECT_FALSE(kept.takes(begin_ms, 60, false));
  EXPECT_FALSE(kept.takes(begin_ms + minute_ms, notice_budget::severity_untaught - 1, false));
  EXPECT_TRUE(kept.takes(begin_ms + 2 * minute_ms, notice_budget::severity_untaught, false));
}

TEST(notice_budget, tells_what_is_worse_than_noise_from_the_second_hour_on) {
  notice_budget kept(5, 30'000);
  EXPECT_TRUE(kept.begin(begin_ms));
  EXPECT_FALSE(kept.begin(begin_ms + 5)) << "it had begun";
  EXPECT_FALSE(kept.takes(begin_ms + 59 * minute_ms, 62, false));
  EXPECT_FALSE(kept.takes(begin_ms + 61 * minute_ms, 60, false));
  EXPECT_TRUE(kept.takes(begin_ms + 62 * minute_ms, 63, false));
  EXPECT_FALSE(kept.takes(begin_ms + 63 * minute_ms, 62, false)) << "one an hour is more than five a day";
}

TEST(notice_budget, allows_the_hours_of_its_first_day_their_share) {
  notice_budget kept(24, 30'000);
  kept.begin(begin_ms);
  for (int i = 0; i < 6; ++i) kept.takes(begin_ms + i * hour_ms, 65, false);
  EXPECT_EQ(kept.severity_from(begin_ms + 6 * hour_ms), notice_budget::severity_of_no_noise) << "one an hour";
  for (int i = 0; i < 30; ++i) kept.takes(begin_ms + 6 * hour_ms + i * minute_ms, 62, false);
  EXPECT_EQ(kept.severity_from(begin_ms + 7 * hour_ms), 63);
}

TEST(notice_budget, never_asks_for_more_on_its_first_day_than_is_bad_by_itself) {
  notice_budget kept(5, 30'000);
  kept.begin(begin_ms);
  EXPECT_TRUE(kept.takes(begin_ms + 30 * minute_ms, 87, false));
  EXPECT_TRUE(kept.takes(begin_ms + 2 * hour_ms, 80, false)) << "milder than what was told, but bad, and there is room";
}

TEST(notice_budget, lets_one_real_event_through_noise_on_five_hundred_streams) {
  notice_budget kept(5, 30'000);
  int told = 0;
  for (int i = 0; i < 500; ++i) told += kept.takes(begin_ms + i * 1'000, i == 300 ? 87 : 30 + i % 31, false) ? 1 : 0;
  EXPECT_EQ(told, 1);
}

TEST(notice_budget, learns_the_severity_that_keeps_it) {
  notice_budget kept(5, 30'000);
  teach(kept);
  const std::int64_t now = begin_ms + 7 * day_ms;
  // Of 1,008 incidents in a week every 40th has the same severity: one severity is 25 in a week, two are more than 35.
  EXPECT_EQ(kept.severity_from(now), 59);
  EXPECT_FALSE(kept.takes(now, 58, false));
  EXPECT_TRUE(kept.takes(now, 59, false));
}

TEST(notice_budget, keeps_it_day_after_day) {
  notice_budget kept(5, 30'000);
  teach(kept);
  int told = 0;
  for (int i = 7 * 144; i < 14 * 144; ++i) {
    told += kept.takes(begin_ms + i * 10 * minute_ms, 20 + i * 7 % 40, false) ? 1 : 0;
  }
  EXPECT_GT(told, 7);
  EXPECT_LE(told, 35);
}

TEST(notice_budget, lets_the_worst_through_when_it_is_spent) {
  notice_budget kept(2, 30'000);
  EXPECT_TRUE(kept.takes(begin_ms, 80, false));
  EXPECT_TRUE(kept.takes(begin_ms + hour_ms, 82, false));
  EXPECT_FALSE(kept.takes(begin_ms + 2 * hour_ms, 82, false));
  EXPECT_TRUE(kept.takes(begin_ms + 3 * hour_ms, 90, false));
  EXPECT_FALSE(kept.takes(begin_ms + 4 * hour_ms, 90, false));
  EXPECT_TRUE(kept.takes(begin_ms + 5 * hour_ms, 100, false));
}

TEST(notice_budget, lets_the_worst_through_where_everything_is_bad) {
  notice_budget kept(1, 30'000);
  for (int i = 0; i < 7 * 24; ++i) kept.takes(begin_ms + i * hour_ms, 100, false);
  EXPECT_EQ(kept.severity_from(begin_ms + 7 * day_ms), 100);
  EXPECT_TRUE(kept.takes(begin_ms + 9 * day_ms, 100, false));
}

TEST(notice_budget, counts_what_comes_at_once_as_one) {
  notice_budget together(5, 30'000);
  notice_budget apart(5, 30'000);
  for (int i = 0; i < 100; ++i) {
    together.takes(begin_ms + i, 80, i > 0);
    apart.takes(begin_ms + i * hour_ms / 2, 80, false);
  }
  EXPECT_LE(together.severity_from(begin_ms + 2 * day_ms), 1);
  EXPECT_GT(apart.severity_from(begin_ms + 50 * hour_ms), 80);
}

TEST(notice_budget, lets_an_event_join_a_message_that_goes_anyway) {
  notice_budget kept(1, 30'000);
  EXPECT_TRUE(kept.takes(begin_ms, 90, false));
  EXPECT_TRUE(kept.takes(begin_ms + 1'000, 80, true));
  EXPECT_FALSE(kept.takes(begin_ms + 60'000, 80, false));
}

TEST(notice_budget, has_forgotten_what_is_older_than_a_week) {
  notice_budget kept(5, 30'000);
  teach(kept);
  EXPECT_EQ(kept.severity_from(begin_ms + 7 * day_ms), 59);
  kept.takes(begin_ms + 30 * day_ms, 40, false);
  EXPECT_LE(kept.severity_from(begin_ms + 30 * day_ms), 1);
}

TEST(notice_budget, knows_after_a_restart_what_it_knew) {
  notice_budget kept(5, 30'000);
  teach(kept);
  notice_budget again(5, 30'000);
  again.set_state(kept.state());
  EXPECT_EQ(again.state(), kept.state());
  support::noise_source noise(7);
  for (int i = 0; i < 200; ++i) {
    const std::int64_t now = begin_ms + 7 * day_ms + i * 5 * minute_ms;
    const int severity = 1 + static_cast<int>(noise.uniform() * 99);
    ASSERT_EQ(again.takes(now, severity, false), kept.takes(now, severity, false)) << i;
  }
}

TEST(notice_budget, takes_a_state_that_makes_no_sense_as_far_as_it_does) {
  for (const char* const text : {"", "x", "5", "-1 -1", "1 9223372036854775807", "1 1 5 900 3 400 2 -5", "1 0 4 50"}) {
    notice_budget kept(5, 30'000);
    kept.set_state(text);
    EXPECT_TRUE(kept.takes(begin_ms, 100, false)) << text;
  }
}

}  // namespace
}  // namespace spindrift
