#include "server/engine/idle_streams.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

TEST(idle_streams, gives_the_longest_idle_first_and_only_those_idle_for_long_enough) {
  idle_streams idle;
  idle.begin_look(1'000);
  idle.offer(30, "c", 3);
  idle.offer(10, "a", 1);
  idle.offer(20, "b", 2);
  idle.offer(40, "d", 4);
  idle.end_look();
  EXPECT_EQ(idle.take(35)->name, "a");
  EXPECT_EQ(idle.take(35)->name, "b");
  EXPECT_EQ(idle.take(35)->name, "c");
  EXPECT_FALSE(idle.take(35));
  EXPECT_FALSE(idle.take(40)) << "40 is not before 40";
  EXPECT_EQ(idle.take(41)->hash, 4U);
}

TEST(idle_streams, goes_by_the_name_where_the_time_is_the_same) {
  idle_streams idle;
  idle.begin_look(0);
  idle.offer(5, "b", 2);
  idle.offer(5, "a", 1);
  idle.end_look();
  EXPECT_EQ(idle.take(6)->name, "a");
  EXPECT_EQ(idle.take(6)->name, "b");
}

TEST(idle_streams, looks_again_only_when_all_is_spent_and_a_second_has_passed) {
  idle_streams idle;
  EXPECT_TRUE(idle.wants_look(0));
  idle.begin_look(0);
  idle.offer(-5, "a", 1);
  idle.end_look();
  EXPECT_FALSE(idle.wants_look(5'000)) << "one is left";
  idle.take(1);
  EXPECT_FALSE(idle.wants_look(999));
  EXPECT_TRUE(idle.wants_look(1'000));
}

TEST(idle_streams, keeps_the_longest_idle_of_more_than_it_can_hold) {
  idle_streams idle;
  idle.begin_look(0);
  const auto count = static_cast<std::int64_t>(idle_streams::kept_max) + 1'000;
  for (std::int64_t i = 0; i < count; ++i) idle.offer(count - i, "s" + std::to_string(i), 0);
  idle.end_look();
  std::int64_t before = 0;
  std::size_t taken = 0;
  for (auto next = idle.take(count + 1); next; next = idle.take(count + 1), ++taken) {
    ASSERT_EQ(next->seen_ms, before + 1);
    before = next->seen_ms;
  }
  EXPECT_EQ(taken, idle_streams::kept_max);
}

}  // namespace
}  // namespace spindrift
