#include "server/engine/producer_table.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "common/protocol/limits.hpp"

namespace spindrift {
namespace {

TEST(producer, keeps_verdicts_for_sending_again) {
  producer who("plant-7");
  EXPECT_EQ(who.last_seq(), 0U);
  who.keep(3, "three\n");
  who.keep(5, "five\n");
  EXPECT_EQ(who.last_seq(), 5U);
  EXPECT_EQ(who.kept(3), "three\n");
  EXPECT_EQ(who.kept(5), "five\n");
  EXPECT_EQ(who.kept(4), "");
  EXPECT_EQ(who.kept(6), "");
}

TEST(producer, keeps_as_many_verdicts_as_may_be_unanswered_and_no_more) {
  producer who("plant-7");
  const std::uint64_t count = limits::in_flight_max;
  for (std::uint64_t seq = 1; seq <= count; ++seq) who.keep(seq, std::to_string(seq));
  EXPECT_EQ(who.kept(1), "1");
  who.keep(count + 1, "new");
  EXPECT_EQ(who.kept(1), "");
  for (std::uint64_t seq = 2; seq <= count; ++seq) ASSERT_EQ(who.kept(seq), std::to_string(seq));
  EXPECT_EQ(who.kept(count + 1), "new");
}

TEST(producer, belongs_to_the_last_that_took_it_over) {
  producer who("plant-7");
  EXPECT_FALSE(who.is_connected());
  EXPECT_EQ(who.take_over(1), 0U);
  EXPECT_EQ(who.take_over(2), 1U);
  EXPECT_FALSE(who.is_held_by(1));
  EXPECT_TRUE(who.is_held_by(2));
  who.let_go(1);
  EXPECT_TRUE(who.is_held_by(2));
  who.let_go(2);
  EXPECT_FALSE(who.is_connected());
}

TEST(producer, is_blocked_behind_the_first_point_that_was_refused) {
  producer who("plant-7");
  EXPECT_FALSE(who.is_blocked(1));
  who.block_after(7);
  who.block_after(5);
  who.block_after(6);
  EXPECT_FALSE(who.is_blocked(5));
  EXPECT_TRUE(who.is_blocked(6));
  who.unblock();
  EXPECT_FALSE(who.is_blocked(6));
  who.block_after(5);
  who.take_over(1);
  EXPECT_FALSE(who.is_blocked(6));
}

TEST(producer_table, finds_the_same_producer_again) {
  producer_table table(4);
  const auto first = table.find_or_create("a");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->name(), "a");
  EXPECT_EQ(table.find_or_create("a"), first);
  EXPECT_NE(table.find_or_create("b"), first);
  EXPECT_EQ(table.size(), 2U);
}

TEST(producer_table, forgets_who_said_hello_longest_ago_and_is_gone) {
  producer_table table(3);
  const auto held = table.find_or_create("held");
  table.find_or_create("old")->keep(1, "line\n");
  table.find_or_create("newer")->keep(2, "line\n");
  table.find_or_create("old");
  table.find_or_create("another");
  EXPECT_EQ(table.size(), 3U);
  EXPECT_EQ(table.find_or_create("held"), held);
  EXPECT_EQ(table.find_or_create("old")->last_seq(), 1U);
  EXPECT_EQ(table.find_or_create("newer")->last_seq(), 0U) << "it was forgotten";
}

TEST(producer_table, refuses_a_new_name_when_all_are_connected) {
  producer_table table(2);
  const auto a = table.find_or_create("a");
  const auto b = table.find_or_create("b");
  EXPECT_EQ(table.find_or_create("c"), nullptr);
  EXPECT_EQ(table.find_or_create("a"), a);
}

TEST(producer_table, may_be_used_from_two_threads) {
  producer_table table(8);
  const auto work = [&table](const std::string& prefix) {
    for (int i = 0; i < 2'000; ++i) {
      const auto who = table.find_or_create(prefix + std::to_string(i % 5));
      if (!who) continue;
      const std::lock_guard guard(who->lock);
      who->keep(who->last_seq() + 1, "line\n");
    }
  };
  std::thread other(work, "a");
  work("a");
  other.join();
  std::uint64_t kept = 0;
  table.for_each([&kept](producer& each) { kept += each.last_seq(); });
  EXPECT_EQ(kept, 4'000U);
}

}  // namespace
}  // namespace spindrift
