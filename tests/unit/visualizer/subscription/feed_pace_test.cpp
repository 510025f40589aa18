#include "visualizer/subscription/feed_pace.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

// Half a second after the other, each with so many points.
class pace : public testing::Test {
protected:
  int after(int halves, std::uint64_t points, std::size_t streams = 100) {
    int every_ms = 0;
    for (int i = 0; i < halves; ++i) {
      pace_.heard(points);
      now_ms_ += 500;
      every_ms = pace_.judge(streams, now_ms_);
    }
    return every_ms;
  }

  feed_pace pace_;
  std::int64_t now_ms_ = 1'000;
};

TEST_F(pace, wants_every_verdict_while_they_are_few) {
  EXPECT_EQ(after(100, 900), 0);
}

TEST_F(pace, wants_aggregates_where_many_come_for_a_second_and_none_for_a_burst) {
  after(1, 0);
  EXPECT_EQ(after(1, 5'000), 0);
  EXPECT_EQ(after(1, 10), 0);
  EXPECT_EQ(after(1, 5'000), 0);
  EXPECT_EQ(after(1, 5'000), 500);
}

TEST_F(pace, wants_aggregates_the_more_seldom_the_more_streams_there_are) {
  after(1, 0, 100'000);
  EXPECT_EQ(after(2, 50'000, 100'000), 8'000);
  feed_pace other;
  pace_ = other;
  after(1, 0, 10'000);
  EXPECT_EQ(after(2, 50'000, 10'000), 500);
  EXPECT_EQ(after(2, 50'000, 30'000), 2'000) << "in doublings, as they become more";
}

TEST_F(pace, wants_verdicts_again_after_a_while_of_few) {
  after(1, 0);
  ASSERT_EQ(after(2, 5'000), 500);
  EXPECT_EQ(after(feed_pace::quiet_judgements - 1, 10), 500);
  EXPECT_EQ(after(1, 10), 0);
}

}  // namespace
}  // namespace spindrift
