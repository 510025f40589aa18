// The receiving machine: what has happened goes in, what is to be done comes out. No sockets.
#include "server/net/reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

namespace spindrift {
namespace {

using action = reader::action;
constexpr std::chrono::milliseconds at_once{0};

class reader_test : public testing::Test {
protected:
  void receive(std::string_view bytes) {
    ASSERT_TRUE(machine_.begin_read());
    const auto space = machine_.space();
    ASSERT_LE(bytes.size(), space.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    machine_.came(bytes.size());
  }
  // What a session does that takes every whole frame. Returns how many there were.
  int take_all(std::int64_t now_ms = 1) {
    int frames = 0;
    while (machine_.received().next().kind != inbox::cut_kind::none) ++frames;
    machine_.advanced(false, at_once, false, now_ms);
    return frames;
  }

  action next() { return machine_.next(machine_.received().holds_complete_object()); }
  bool silence() { return machine_.silence(machine_.received().holds_complete_object()); }

  reader machine_{1'000};
};

TEST_F(reader_test, reads_first_and_once_at_a_time) {
  EXPECT_EQ(next(), action::read);
  EXPECT_TRUE(machine_.begin_read());
  EXPECT_FALSE(machine_.begin_read());
  EXPECT_TRUE(machine_.is_reading());
}

TEST_F(reader_test, reads_on_when_all_was_taken) {
  receive("{\"value\":1}\n");
  EXPECT_EQ(take_all(), 1);
  EXPECT_EQ(next(), action::read);
}

TEST_F(reader_test, advances_again_while_frames_are_left) {
  receive("{}\n{}\n");
  machine_.advanced(true, at_once, false, 1);
  EXPECT_EQ(next(), action::advance);
}

TEST_F(reader_test, waits_out_a_pause_before_anything_else) {
  receive("x\nx\n");
  machine_.advanced(true, std::chrono::milliseconds(50), false, 100);
  EXPECT_EQ(next(), action::wait);
  EXPECT_EQ(machine_.wait_ms(110), 40);
  EXPECT_EQ(machine_.wait_ms(200), 0);
  machine_.paused();
  EXPECT_EQ(next(), action::advance);
}

TEST_F(reader_test, does_nothing_while_an_answer_is_awaited) {
  receive("{\"op\":\"history\"}\n{}\n");
  machine_.advanced(false, at_once, true, 1);
  EXPECT_EQ(next(), action::nothing);
  EXPECT_FALSE(silence());
  machine_.advanced(true, at_once, false, 2);
  EXPECT_EQ(next(), action::advance);
}

TEST_F(reader_test, takes_what_the_client_sent_before_its_end_and_then_ends) {
  receive("{\"value\":1}");
  machine_.ended();
  EXPECT_EQ(take_all(), 1);
  EXPECT_EQ(next(), action::end);
  EXPECT_FALSE(machine_.begin_read());
}

TEST_F(reader_test, ends_an_object_without_a_line_end_in_silence) {
  receive("{\"value\":1}");
  EXPECT_EQ(take_all(), 0);
  EXPECT_EQ(next(), action::read_until_silence);
  EXPECT_TRUE(silence());
  EXPECT_EQ(take_all(), 1);
}

TEST_F(reader_test, does_not_end_half_an_object_in_silence) {
  receive("{\"value\":");
  EXPECT_EQ(take_all(), 0);
  EXPECT_EQ(next(), action::read);
  EXPECT_FALSE(silence());
}

TEST_F(reader_test, finds_a_frame_overdue_that_was_begun_and_not_ended) {
  constexpr std::chrono::milliseconds timeout{100};
  receive("{\"value\":");
  take_all(1'000);
  EXPECT_FALSE(machine_.is_frame_overdue(2'000, timeout)) << "nothing could come: no read is under way";
  ASSERT_TRUE(machine_.begin_read());
  EXPECT_FALSE(machine_.is_frame_overdue(1'100, timeout));
  EXPECT_TRUE(machine_.is_frame_overdue(1'101, timeout));
}

TEST_F(reader_test, begins_the_clock_anew_with_the_next_unfinished_frame) {
  constexpr std::chrono::milliseconds timeout{100};
  receive("{\"value\":");
  take_all(1'000);
  receive("1}\n{\"val");
  take_all(1'090);
  ASSERT_TRUE(machine_.begin_read());
  EXPECT_FALSE(machine_.is_frame_overdue(1'150, timeout));
  EXPECT_TRUE(machine_.is_frame_overdue(1'191, timeout));
}

TEST_F(reader_test, does_not_count_the_time_in_which_replies_were_unsent) {
  constexpr std::chrono::milliseconds timeout{100};
  receive("{\"value\":");
  take_all(1'000);
  machine_.replies_sent(5'000);
  ASSERT_TRUE(machine_.begin_read());
  EXPECT_FALSE(machine_.is_frame_overdue(5'050, timeout));
}

}  // namespace
}  // namespace spindrift
