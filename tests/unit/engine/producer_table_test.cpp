#include "server/engine/producer_table.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "common/model/limit.hpp"

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
  const std::uint64_t count = model::in_flight_max;
  for (std::uint64_t seq = 1; seq <= count; ++seq) who.keep(seq, std::to_string(seq));
  EXPECT_EQ(who.kept(1), "1");
  who.keep(count + 1, "new");
  EXPECT_EQ(who.kept(1), "");
  for (std::uint64_t seq = 2; seq <= count; ++seq) ASSERT_EQ(who.kept(seq), std::to_string(seq));
  EXPECT_EQ(who.kept(count + 1), "new");
}

TEST(producer, keeps_verdicts_of_all_sizes_in_the_memory_of_older_ones) {
  producer who("plant-7");
  const auto line = [](std::uint64_t seq) {
    return std::string(seq % 7 == 0 ? 900 : 1 + seq % 120, 'x') + std::to_string(seq);
  };
  const std::uint64_t kept = model::in_flight_max;
  for (std::uint64_t seq = 1; seq <= 3 * kept; ++seq) who.keep(seq, line(seq));
  std::size_t bytes = 0;
  for (std::uint64_t seq = 2 * kept + 1; seq <= 3 * kept; ++seq) {
    ASSERT_EQ(who.kept(seq), line(seq));
    bytes += line(seq).size();
  }
  EXPECT_GE(who.kept_bytes(), bytes);
  EXPECT_LE(who.kept_bytes(), 2 * bytes + kept * 200);
  who.drop_kept_to(who.kept_bytes() / 2);
  for (std::uint64_t seq = 3 * kept + 1; seq <= 3 * kept + 100; ++seq) who.keep(seq, line(seq));
  EXPECT_EQ(who.kept(2 * kept + 1), "");
  for (std::uint64_t seq = 3 * kept - 100; seq <= 3 * kept + 100; ++seq) ASSERT_EQ(who.kept(seq), line(seq));
  who.drop_kept_to(0);
  EXPECT_EQ(who.kept_bytes(), 0U);
}

TEST(producer_table, lets_the_oldest_verdicts_of_those_go_that_are_not_connected) {
  producer_table table(10, 160'000);
  const std::string line(1'000, 'x');
  const auto keep = [&](producer& who, std::uint64_t count) {
    const std::lock_guard guard(who.lock);
    for (std::uint64_t seq = 1; seq <= count; ++seq) who.keep(who.last_seq() + 1, line);
  };
  const auto connected = table.find_or_create("connected");
  keep(*connected, 5);
  for (int number = 0; number < 9; ++number) keep(*table.find_or_create("gone-" + std::to_string(number)), 50);
  EXPECT_LE(table.kept_bytes(), 160'000U);
  EXPECT_EQ(table.find_or_create("gone-8")->kept(50), line);
  EXPECT_EQ(table.find_or_create("gone-8")->kept(1), "") << "its share is 10,000 bytes";
  EXPECT_EQ(connected->kept(1), line);
  producer_table small(20, 64'000);
  std::vector<std::shared_ptr<producer>> all;
  for (int number = 0; number < 20; ++number) {
    all.push_back(small.find_or_create("busy-" + std::to_string(number)));
    keep(*all.back(), 50);
    EXPECT_LE(small.kept_bytes(), 64'000U);
  }
  EXPECT_EQ(all.back()->kept(50), line) << "the newest is always kept";
  small.find_or_create("late");
  all.clear();
  const auto late = small.find_or_create("busy-19");
  keep(*late, 50);
  EXPECT_EQ(late->kept(late->last_seq() - 1), line);
  EXPECT_LE(small.kept_bytes(), 64'000U);
}

TEST(producer_table, lets_a_producer_begin_anew_if_the_journal_can_take_it) {
  producer_table table;
  const auto who = table.find_or_create("plant-7");
  who->keep(9'007'199'254'740'991, "last\n");
  bool is_full = true;
  std::uint64_t told = 0;
  table.on_forget([&](producer&) { return !is_full; });
  table.on_reset([&](const producer& spoilt) { told = spoilt.last_seq(); });
  EXPECT_FALSE(table.reset(*who));
  EXPECT_EQ(who->last_seq(), 9'007'199'254'740'991U);
  is_full = false;
  EXPECT_TRUE(table.reset(*who));
  EXPECT_EQ(who->last_seq(), 0U);
  EXPECT_EQ(told, 9'007'199'254'740'991U);
  EXPECT_EQ(table.kept_bytes(), 0U);
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
