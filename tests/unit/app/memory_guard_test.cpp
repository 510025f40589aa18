#include "server/app/memory_guard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <string>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"

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
  producer_table producers_{16, ceiling / 4};
  memory_guard guard_{by_, producers_, ceiling, std::chrono::milliseconds(60'000)};
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

TEST_F(memory_guard_test, stops_growth_a_twentieth_above_the_ceiling_until_it_is_kept_again) {
  EXPECT_TRUE(observe("a", 0));
  guard_.look(ceiling + ceiling / 20, {0, 0});
  EXPECT_TRUE(observe("a", 0));
  guard_.look(ceiling + ceiling / 20 + 1, {0, 0});
  EXPECT_FALSE(observe("a", 0));
  guard_.look(ceiling + 1, {0, 0});
  EXPECT_FALSE(observe("a", 0));
  guard_.look(ceiling, {0, 0});
  EXPECT_TRUE(observe("a", 0));
  EXPECT_FALSE(observe("b", 0)) << "not yet a twentieth below it";
}

TEST_F(memory_guard_test, shares_out_what_streams_and_kept_verdicts_may_take) {
  guard_.look(0, {0, 0});
  int streams = 0;
  while (observe("s" + std::to_string(streams), 0)) ++streams;
  const double share = static_cast<double>(by_.grown_bytes()) / ceiling;
  EXPECT_GT(share, 0.70);
  EXPECT_LE(share, 0.75);
  guard_.look(0, {0, 0});
  const std::string line(1'000, 'x');
  for (int i = 0; i < 16; ++i) {
    const auto named = producers_.find_or_create("p" + std::to_string(i));
    const std::lock_guard guard(named->lock);
    for (std::uint64_t seq = 1; seq <= 20; ++seq) named->keep(seq, line);
  }
  EXPECT_GT(producers_.kept_bytes(), ceiling / 16);
  EXPECT_LE(producers_.kept_bytes(), std::max<std::uint64_t>(ceiling / 8, ceiling / 8 * 7 - by_.grown_bytes()))
      << "an eighth is theirs whatever the streams have, and what these leave of seven";
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
