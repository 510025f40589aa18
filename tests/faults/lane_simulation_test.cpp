// Goal: whatever is killed, frozen, lost, late or aborted, a reader who reads committed hears of every point exactly
// once, byte for byte what one undisturbed engine says, and no run stands still.
// Method: see lane_world.hpp. Then each fault that hosts and brokers were seen to have is planted, and must be noticed:
// else the simulation would prove nothing. SPINDRIFT_SEED runs one seed alone, SPINDRIFT_LANE_SEEDS so many (1,000;
// where SPINDRIFT_SEEDS says fewer for the other simulation, so many).
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/faults/lane_world.hpp"

namespace spindrift::faults {
namespace {

constexpr std::uint32_t parts = 4;  // tests that ctest may run side by side

std::uint32_t number_in(const char* name, std::uint32_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10));
}

class lanes : public testing::TestWithParam<std::uint32_t> {};

TEST_P(lanes, say_every_point_exactly_once) {
  const std::uint32_t alone = number_in("SPINDRIFT_SEED", 0);
  const std::uint32_t count =
      alone != 0 ? alone : number_in("SPINDRIFT_LANE_SEEDS", number_in("SPINDRIFT_SEEDS", 1'000));
  std::uint64_t points = 0;
  std::uint64_t restores = 0;
  std::uint64_t fences = 0;
  std::uint64_t forgotten = 0;
  std::uint32_t done = 0;
  for (std::uint32_t seed = alone != 0 ? alone : 1 + GetParam(); seed <= count && !HasFailure();
       seed += parts, ++done) {
    if (alone != 0 && GetParam() != 0) return;
    lane_world made({.seed = seed});
    EXPECT_EQ(made.run(), "") << "seed " << seed << "; again with SPINDRIFT_SEED=" << seed;
    points += made.points();
    restores += made.restores();
    fences += made.fences();
    forgotten += made.forgotten();
  }
  if (alone != 0) return;
  EXPECT_GT(points, 200U * done) << "else the test has tested nothing";
  if (count < 100) return;  // of a few seeds each of these may come without any
  EXPECT_GT(restores, done) << "snapshots were read back";
  EXPECT_GT(fences, done / 2) << "dead owners were fenced";
  EXPECT_GT(forgotten, done / 10) << "streams were forgotten";
}

INSTANTIATE_TEST_SUITE_P(simulation, lanes, testing::Range(0U, parts));

// Whether one of so many seeds notices it.
bool is_noticed(lane_trial planted, std::uint32_t seeds = 100) {
  for (planted.seed = 1; planted.seed <= seeds; ++planted.seed) {
    if (lane_world(planted).run().empty()) continue;
    const testing::TestInfo* const told = testing::UnitTest::GetInstance()->current_test_info();
    std::cout << told->name() << ": at seed " << planted.seed << '\n';
    return true;
  }
  return false;
}

TEST(planted_fault, a_batch_call_that_loses_messages_at_a_rebalance_is_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::loses_fetched_at_rebalance}));
}

TEST(planted_fault, a_dead_owner_that_is_not_fenced_holds_everything_up) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::never_fences, .transaction_ms = 10'000'000}));
}

TEST(planted_fault, offsets_that_were_refused_and_taken_for_committed_are_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::ignores_a_generation}));
}

TEST(planted_fault, a_timed_out_transaction_without_abort_markers_is_noticed) {
  EXPECT_TRUE(is_noticed({.broker_fault = {.aborts_without_markers = true}, .transaction_ms = 1'000}));
}

TEST(planted_fault, a_host_that_ends_when_it_is_fenced_is_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::stops_after_being_fenced}));
}

TEST(planted_fault, a_wait_without_deadline_for_an_answer_that_never_comes_is_noticed) {
  EXPECT_TRUE(is_noticed({.waits_for_ever = true}));
}

TEST(planted_fault, offsets_outside_of_the_transaction_are_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::commits_offsets_outside}));
}

TEST(planted_fault, a_pointer_by_which_there_is_nothing_to_replay_is_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::commits_a_pointer_of_its_own}));
}

TEST(planted_fault, points_that_get_the_workers_time_are_noticed) {
  EXPECT_TRUE(is_noticed({.host_fault = lane_host::fault::gives_its_own_time}));
}

}  // namespace
}  // namespace spindrift::faults
