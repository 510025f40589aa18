#include "client/in_flight_window.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

// Adds points `first` to `last` and sends them all.
void send_all(in_flight_window& points, std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seq = first; seq <= last; ++seq) {
    points.add(seq).line = std::to_string(seq);
    points.send();
  }
}

TEST(in_flight_window, settles_points_in_the_order_they_were_sent) {
  in_flight_window points(8);
  send_all(points, 1, 3);
  EXPECT_EQ(points.waiting(), 3U);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    const in_flight_window::answer answer = points.settle(seq);
    ASSERT_NE(answer.point, nullptr);
    EXPECT_EQ(answer.point->seq, seq);
    EXPECT_EQ(answer.skipped, 0U);
  }
  EXPECT_TRUE(points.is_empty());
}

TEST(in_flight_window, settles_all_points_up_to_one_the_oldest_first) {
  in_flight_window points(8);
  send_all(points, 1, 4);
  points.add(5);
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    const in_flight_point* const point = points.settle_up_to(3);
    ASSERT_NE(point, nullptr);
    EXPECT_EQ(point->seq, seq);
  }
  EXPECT_EQ(points.settle_up_to(3), nullptr);
  ASSERT_NE(points.settle_up_to(100), nullptr);
  EXPECT_EQ(points.settle_up_to(100), nullptr) << "what was not sent is not answered";
}

TEST(in_flight_window, takes_a_reply_without_seq_for_the_oldest_point) {
  in_flight_window points(4);
  send_all(points, 5, 6);
  EXPECT_EQ(points.settle(0).point->seq, 5U);
  EXPECT_EQ(points.settle(0).point->seq, 6U);
  EXPECT_EQ(points.settle(0).point, nullptr);
}

TEST(in_flight_window, counts_older_points_as_skipped_since_replies_come_in_order) {
  in_flight_window points(8);
  send_all(points, 1, 5);
  const in_flight_window::answer answer = points.settle(4);
  EXPECT_EQ(answer.point->seq, 4U);
  EXPECT_EQ(answer.skipped, 3U);
  EXPECT_EQ(points.size(), 1U);
}

TEST(in_flight_window, knows_no_point_that_was_answered_or_never_sent) {
  in_flight_window points(8);
  send_all(points, 1, 2);
  points.add(3);
  points.settle(1);
  EXPECT_EQ(points.settle(1).point, nullptr) << "answered before";
  EXPECT_EQ(points.settle(3).point, nullptr) << "not sent yet";
  EXPECT_EQ(points.settle(9).point, nullptr);
  EXPECT_EQ(points.waiting(), 1U);
}

TEST(in_flight_window, sends_the_unanswered_again_in_order_after_a_loss) {
  in_flight_window points(8);
  send_all(points, 1, 4);
  points.settle(1);
  points.rewind();
  EXPECT_EQ(points.waiting(), 0U);
  for (std::uint64_t seq = 2; seq <= 4; ++seq) {
    ASSERT_TRUE(points.has_unsent());
    const in_flight_point& again = points.send();
    EXPECT_EQ(again.seq, seq);
    EXPECT_EQ(again.line, std::to_string(seq));
  }
  EXPECT_FALSE(points.has_unsent());
  EXPECT_EQ(points.settle(2).point->seq, 2U);
}

TEST(in_flight_window, goes_round_its_ring_many_times) {
  in_flight_window points(3);
  std::uint64_t answered = 0;
  for (std::uint64_t seq = 1; seq <= 1'000; ++seq) {
    if (points.size() == 3) {
      ++answered;
      ASSERT_EQ(points.settle(answered).point->line, std::to_string(answered));
    }
    points.add(seq).line = std::to_string(seq);
    points.send();
  }
  EXPECT_EQ(points.size(), 3U);
}

TEST(in_flight_window, finds_points_whose_numbers_are_not_consecutive) {
  in_flight_window points(4);
  send_all(points, 10, 10);
  send_all(points, 20, 20);
  EXPECT_EQ(points.settle(15).point, nullptr);
  EXPECT_EQ(points.waiting(), 2U) << "a number of nobody's changes nothing";
  EXPECT_EQ(points.settle(10).point->seq, 10U);
  EXPECT_EQ(points.settle(20).point->seq, 20U);
}

}  // namespace
}  // namespace spindrift
