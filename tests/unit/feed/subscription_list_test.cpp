// Every subscription of the server: numbers, slots and versions.
#include "server/feed/subscription_list.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

filter listed_filter(const std::string& pattern) {
  return filter({pattern}, verdict_lines);
}

TEST(subscription_list, gives_numbers_that_are_never_used_again_and_slots_that_are) {
  subscription_list list;
  const auto first = list.add(listed_filter("a"), 0);
  const auto second = list.add(listed_filter("b"), 1);
  EXPECT_EQ(first->number, 1U);
  EXPECT_EQ(second->number, 2U);
  EXPECT_NE(first->slot, second->slot);
  list.remove(1);
  const auto third = list.add(listed_filter("c"), 2);
  EXPECT_EQ(third->number, 3U);
  EXPECT_EQ(third->slot, first->slot);
  EXPECT_EQ(third->shard, 2U);
  EXPECT_EQ(list.size(), 2U);
}

TEST(subscription_list, keeps_slots_below_the_most_there_were_at_once) {
  subscription_list list;
  for (std::uint64_t i = 1; i <= 100; ++i) {
    EXPECT_LT(list.add(listed_filter("a"), 0)->slot, 2U);
    if (i > 1) list.remove(i - 1);
  }
}

TEST(subscription_list, moves_its_version_with_whoever_comes_and_goes_and_with_nothing_else) {
  subscription_list list;
  const std::uint64_t begin = list.version();
  list.add(listed_filter("a"), 0);
  const std::uint64_t added = list.version();
  EXPECT_NE(added, begin);
  list.remove(99);
  EXPECT_EQ(list.version(), added);
  list.remove(1);
  EXPECT_NE(list.version(), added);
}

TEST(subscription_list, gives_a_copy_with_its_version_ascending_by_number) {
  subscription_list list;
  for (int i = 0; i < 5; ++i) list.add(listed_filter("a"), 0);
  list.remove(2);
  list.add(listed_filter("b"), 0);
  subscription_list::all copy;
  EXPECT_EQ(list.copy(copy), list.version());
  ASSERT_EQ(copy.size(), 5U);
  for (std::size_t i = 1; i < copy.size(); ++i) EXPECT_LT(copy[i - 1]->number, copy[i]->number);
  list.remove(1);
  EXPECT_EQ(copy.front()->number, 1U) << "a copy holds what it has";
}

}  // namespace
}  // namespace spindrift
