// The sending machine: replies and feed go in, what is to be written comes out. No sockets.
#include "server/net/writer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace spindrift {
namespace {

using action = writer::action;

class writer_test : public testing::Test {
protected:
  void reply(std::string text, journal_position durable_at = 0) { machine_.put(text, durable_at); }
  void feed(std::string text) {
    const auto lines = std::make_shared<const std::string>(std::move(text));
    machine_.feed().put({*lines, lines, 1});
  }
  action next() { return machine_.next(false, false); }
  std::string pending() {
    std::string all;
    for (const std::string_view part : machine_.buffers()) all += part;
    return all;
  }

  writer machine_;
};

TEST_F(writer_test, has_nothing_to_write_at_first) {
  EXPECT_EQ(next(), action::nothing);
}

TEST_F(writer_test, tries_replies_at_once_and_all_of_them_together) {
  reply("a\n");
  reply("b\n");
  EXPECT_EQ(next(), action::try_at_once);
  EXPECT_EQ(machine_.front(), "a\nb\n");
  EXPECT_TRUE(machine_.sent_at_once(4));
  EXPECT_EQ(next(), action::nothing);
}

TEST_F(writer_test, leaves_to_a_handler_what_did_not_go_at_once) {
  reply("abc\n");
  ASSERT_EQ(next(), action::try_at_once);
  EXPECT_FALSE(machine_.sent_at_once(1));
  machine_.begin(10);
  EXPECT_EQ(pending(), "bc\n");
  EXPECT_EQ(next(), action::nothing) << "one write at a time";
  reply("d\n");
  machine_.written(1);
  EXPECT_EQ(next(), action::write);
  EXPECT_EQ(pending(), "c\n") << "what comes later waits for its turn";
  machine_.begin(20);
  machine_.written(2);
  EXPECT_EQ(next(), action::try_at_once);
  EXPECT_EQ(machine_.front(), "d\n");
}

TEST_F(writer_test, sends_replies_before_the_feed) {
  machine_.open_feed(1'000);
  feed("f\n");
  reply("r\n");
  ASSERT_EQ(next(), action::try_at_once);
  EXPECT_EQ(machine_.front(), "r\n");
  machine_.sent_at_once(2);
  EXPECT_EQ(next(), action::write);
  EXPECT_EQ(pending(), "f\n");
}

TEST_F(writer_test, lets_the_goodbye_be_the_last_that_a_subscriber_hears) {
  machine_.open_feed(1'000);
  feed("f\n");
  reply("bye\n");
  ASSERT_EQ(machine_.next(false, true), action::write);
  EXPECT_EQ(pending(), "f\n");
  machine_.begin(1);
  EXPECT_EQ(machine_.written(2), 1U);
  ASSERT_EQ(machine_.next(false, true), action::try_at_once);
  EXPECT_EQ(machine_.front(), "bye\n");
}

TEST_F(writer_test, holds_replies_back_that_wait_for_the_disk_but_not_the_feed) {
  machine_.open_feed(1'000);
  reply("r\n", 7);
  EXPECT_EQ(machine_.durable_at(), 7U);
  EXPECT_EQ(machine_.next(true, false), action::nothing);
  EXPECT_TRUE(machine_.has_replies());
  feed("f\n");
  ASSERT_EQ(machine_.next(true, false), action::write);
  EXPECT_EQ(pending(), "f\n");
  machine_.begin(1);
  machine_.written(2);
  EXPECT_EQ(next(), action::try_at_once);
}

TEST_F(writer_test, forgets_replies_that_must_not_be_said) {
  reply("r\n", 7);
  machine_.drop_replies();
  EXPECT_EQ(next(), action::nothing);
  EXPECT_FALSE(machine_.has_replies());
}

TEST_F(writer_test, gathers_no_more_pieces_of_the_feed_than_one_call_takes) {
  machine_.open_feed(1'000'000);
  for (std::size_t i = 0; i < writer::pieces_max + 1; ++i) feed("f\n");
  ASSERT_EQ(next(), action::write);
  EXPECT_EQ(machine_.buffers().size(), writer::pieces_max);
  machine_.begin(1);
  EXPECT_EQ(machine_.written(2 * writer::pieces_max), writer::pieces_max);
  ASSERT_EQ(next(), action::write);
  EXPECT_EQ(machine_.buffers().size(), 1U);
}

TEST_F(writer_test, counts_lines_of_the_feed_once_the_whole_write_is_through) {
  machine_.open_feed(1'000);
  feed("one\n");
  feed("two\n");
  ASSERT_EQ(next(), action::write);
  machine_.begin(1);
  EXPECT_EQ(machine_.written(5), 0U);
  EXPECT_EQ(pending(), "wo\n");
  EXPECT_EQ(machine_.written(3), 2U);
  EXPECT_TRUE(machine_.is_idle());
}

TEST_F(writer_test, drops_and_counts_replies_of_a_muted_client_until_it_reads) {
  reply("a\n");
  ASSERT_EQ(next(), action::try_at_once);
  machine_.sent_at_once(0);
  machine_.begin(1);
  reply("b\nc\n");
  EXPECT_EQ(machine_.mute(), 2U);
  std::string more = "d\n";
  EXPECT_EQ(machine_.put(more, 0), 1U);
  machine_.written(2);
  EXPECT_FALSE(machine_.is_muted());
  reply("e\n");
  EXPECT_EQ(next(), action::try_at_once);
  EXPECT_EQ(machine_.front(), "e\n");
}

TEST_F(writer_test, drops_and_counts_all_for_a_client_whose_socket_takes_nothing_more) {
  reply("a\nb\n");
  ASSERT_EQ(next(), action::try_at_once);
  machine_.sent_at_once(2);
  machine_.begin(1);
  reply("c\n");
  EXPECT_EQ(machine_.unsent_bytes(), 4U);
  EXPECT_EQ(machine_.give_up(), 2U);
  EXPECT_EQ(machine_.unsent_bytes(), 0U);
  EXPECT_FALSE(machine_.is_writing());
  std::string more = "d\n";
  EXPECT_EQ(machine_.put(more, 0), 1U);
  EXPECT_EQ(next(), action::nothing);
}

TEST_F(writer_test, ends_a_cut_write_with_the_line_under_way) {
  machine_.open_feed(1'000);
  feed("first\nsecond\n");
  ASSERT_EQ(next(), action::write);
  machine_.begin(1);
  EXPECT_EQ(machine_.line_under_way(8), "cond\n");
}

TEST_F(writer_test, remembers_when_the_write_last_got_further) {
  reply("abc\n");
  next();
  machine_.sent_at_once(0);
  machine_.begin(100);
  EXPECT_EQ(machine_.progress_ms(), 100);
  machine_.written(1);
  ASSERT_EQ(next(), action::write);
  machine_.begin(250);
  EXPECT_EQ(machine_.progress_ms(), 250);
}

}  // namespace
}  // namespace spindrift
