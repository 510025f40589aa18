#include "server/app/memory_guard.hpp"

#include <gtest/gtest.h>

#include <string>

#include "server/engine/batch.hpp"

namespace spindrift {
namespace {

constexpr std::uint64_t ceiling = 1'000'000;

class memory_guard_test : public testing::Test {
protected:
  // Whether the stream was taken.
  bool observe(const std::string& stream, std::int64_t steady_ms) {
    batch one;
    point made;
    made.stream = stream;
    made.ts = 1;
    one.points.push_back(made);
    by_.observe(one, {0, steady_ms});
    return one.outcomes[0].why == refusal::none;
  }

  counters counts_;
  engine by_{engine_settings{}, counts_};
  memory_guard guard_{by_, ceiling, std::chrono::milliseconds(60'000)};
};

TEST_F(memory_guard_test, refuses_new_streams_beyond_the_ceiling_until_a_twentieth_is_free) {
  guard_.look(ceiling, {0, 0});
  EXPECT_TRUE(observe("a", 0));
  guard_.look(ceiling + 1, {0, 0});
  EXPECT_FALSE(observe("b", 0));
  EXPECT_TRUE(observe("a", 0)) << "known streams go on";
  guard_.look(ceiling - ceiling / 20 + 1, {0, 0});
  EXPECT_FALSE(observe("b", 0));
  guard_.look(ceiling - ceiling / 20, {0, 0});
  EXPECT_TRUE(observe("b", 0));
}

TEST_F(memory_guard_test, has_streams_that_were_idle_for_long_enough_make_room) {
  for (int i = 0; i < 10; ++i) observe("s" + std::to_string(i), i * 1'000);
  guard_.look(ceiling + 1, {0, 60'000});
  EXPECT_EQ(by_.stream_count(), 10U) << "none has been idle for more than a minute";
  guard_.look(ceiling + 1, {0, 65'000});
  EXPECT_EQ(by_.stream_count(), 5U);
  guard_.look(ceiling / 2, {0, 100'000});
  EXPECT_EQ(by_.stream_count(), 5U) << "with memory to spare nobody goes";
  EXPECT_TRUE(observe("new", 100'000));
}

TEST(memory_guard, knows_when_what_streams_may_grow_to_refuses_more) {
  engine_settings few;
  few.grown_bytes_max = 100'000;
  counters counts;
  engine by(few, counts);
  EXPECT_FALSE(by.is_reckoned_full());
  bool was_refused = false;
  for (int i = 0; i < 100 && !was_refused; ++i) {
    batch one;
    const std::string name = "s" + std::to_string(i);
    point made;
    made.stream = name;
    made.ts = 1;
    one.points.push_back(made);
    by.observe(one, {0, 0});
    was_refused = one.outcomes[0].why != refusal::none;
  }
  ASSERT_TRUE(was_refused);
  EXPECT_TRUE(by.is_reckoned_full());
  EXPECT_TRUE(by.is_reckoned_full(true));
  EXPECT_EQ(by.forget_idle(1, 1, {0, 2'000}), 1U);
  EXPECT_FALSE(by.is_reckoned_full(true)) << "a stream is more than a twentieth";
}

}  // namespace
}  // namespace spindrift
