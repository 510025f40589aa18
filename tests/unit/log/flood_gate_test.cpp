#include "common/log/flood_gate.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr flood_gate::time_point start{seconds{1'000}};

TEST(flood_gate, lets_a_burst_through_and_then_the_sustained_rate) {
  flood_gate gate({10, 5});
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(gate.ask("anomaly", start).passes);
  EXPECT_FALSE(gate.ask("anomaly", start).passes);
  EXPECT_FALSE(gate.ask("anomaly", start + milliseconds{99}).passes);
  EXPECT_TRUE(gate.ask("anomaly", start + milliseconds{101}).passes);
  EXPECT_FALSE(gate.ask("anomaly", start + milliseconds{102}).passes);
}

TEST(flood_gate, refills_up_to_the_burst_and_no_further) {
  flood_gate gate({10, 5});
  int passed = 0;
  (void)gate.ask("anomaly", start);
  for (int i = 0; i < 100; ++i) passed += gate.ask("anomaly", start + seconds{3'600}).passes ? 1 : 0;
  EXPECT_EQ(passed, 5);
}

TEST(flood_gate, keeps_events_apart) {
  flood_gate gate({1, 1});
  EXPECT_TRUE(gate.ask("anomaly", start).passes);
  EXPECT_FALSE(gate.ask("anomaly", start).passes);
  EXPECT_TRUE(gate.ask("drift", start).passes);
}

TEST(flood_gate, tells_what_was_left_out_with_the_next_line_but_not_with_every_line) {
  flood_gate gate({10, 1});
  EXPECT_TRUE(gate.ask("anomaly", start).passes);
  for (int i = 0; i < 7; ++i) EXPECT_FALSE(gate.ask("anomaly", start).passes);
  const auto early = gate.ask("anomaly", start + milliseconds{500});
  EXPECT_TRUE(early.passes);
  EXPECT_EQ(early.left_out, 0u);
  EXPECT_FALSE(gate.ask("anomaly", start + milliseconds{501}).passes);
  const auto due = gate.ask("anomaly", start + milliseconds{1'000});
  EXPECT_TRUE(due.passes);
  EXPECT_EQ(due.left_out, 8u);
  EXPECT_EQ(gate.ask("anomaly", start + seconds{9}).left_out, 0u);
}

TEST(flood_gate, collects_what_no_later_line_has_told) {
  flood_gate gate({0, 1});
  (void)gate.ask("anomaly", start);
  for (int i = 0; i < 3; ++i) (void)gate.ask("anomaly", start);
  EXPECT_TRUE(gate.collect_left_out(start + milliseconds{999}, true).empty());
  const auto due = gate.collect_left_out(start + seconds{1}, true);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].event, "anomaly");
  EXPECT_EQ(due[0].count, 3u);
  EXPECT_TRUE(gate.collect_left_out(start + seconds{5}, false).empty());
  (void)gate.ask("anomaly", start + seconds{5});
  EXPECT_EQ(gate.collect_left_out(start + seconds{5}, false).at(0).count, 1u);
}

TEST(flood_gate, shares_one_bucket_among_events_past_the_table) {
  flood_gate gate({0, 1});
  for (std::size_t i = 0; i < flood_gate::events_max; ++i) {
    EXPECT_TRUE(gate.ask("event_" + std::to_string(i), start).passes);
  }
  EXPECT_TRUE(gate.ask("one_more", start).passes);
  EXPECT_FALSE(gate.ask("and_another", start).passes);
}

TEST(flood_gate, is_not_confused_by_a_clock_that_steps_back) {
  flood_gate gate({10, 1});
  EXPECT_TRUE(gate.ask("anomaly", start).passes);
  EXPECT_FALSE(gate.ask("anomaly", start - seconds{100}).passes);
  EXPECT_TRUE(gate.ask("anomaly", start + seconds{1}).passes);
}

}  // namespace
}  // namespace spindrift
