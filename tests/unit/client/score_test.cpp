#include "client/score.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spindrift {
namespace {

using testing::ElementsAre;

constexpr verdict_flags nothing{};
constexpr verdict_flags flagged{true, false, false};
constexpr verdict_flags drifted{false, true, false};

score one_stream(std::vector<std::uint64_t> drift_points = {}) {
  return score(1, {"up", "down"}, true, std::move(drift_points));
}

// By hand: 3 of 4 injected found, 2 false flags: precision 3/5, recall 3/4, F1 6/9.
TEST(score, computes_precision_recall_and_f1) {
  score judged = one_stream();
  judged.judge({0, 101, 1}, flagged);
  judged.judge({0, 102, 1}, flagged);
  judged.judge({0, 103, 2}, flagged);
  judged.judge({0, 104, 2}, nothing);
  judged.judge({0, 105, 0}, flagged);
  judged.judge({0, 106, 0}, flagged);
  for (std::uint64_t number = 107; number <= 114; ++number) judged.judge({0, number, 0}, nothing);
  EXPECT_DOUBLE_EQ(judged.overall().precision().value(), 0.6);
  EXPECT_DOUBLE_EQ(judged.overall().recall().value(), 0.75);
  EXPECT_DOUBLE_EQ(judged.overall().f1().value(), 6.0 / 9.0);
  EXPECT_DOUBLE_EQ(judged.false_flags_per_1000().value(), 200) << "2 of 10 ordinary points";
  EXPECT_EQ(judged.scored(), 14U);

  EXPECT_EQ(judged.kinds()[0].injected, 2U);
  EXPECT_EQ(judged.kinds()[0].found, 2U);
  EXPECT_DOUBLE_EQ(judged.of_kind(0).precision().value(), 0.5) << "false flags count against every kind";
  EXPECT_DOUBLE_EQ(judged.of_kind(0).recall().value(), 1);
  EXPECT_DOUBLE_EQ(judged.of_kind(1).recall().value(), 0.5);
  EXPECT_DOUBLE_EQ(judged.of_kind(1).f1().value(), 2.0 / 5.0);
}

TEST(score, leaves_the_first_hundred_points_of_every_stream_out) {
  score judged(2, {"up"}, true, {});
  for (const std::size_t stream : {0U, 1U}) {
    judged.judge({stream, 1, 0}, flagged);
    judged.judge({stream, 100, 1}, nothing);
    judged.judge({stream, 101, 1}, flagged);
  }
  EXPECT_EQ(judged.overall().true_positives, 2U);
  EXPECT_EQ(judged.overall().false_positives, 0U);
  EXPECT_EQ(judged.overall().false_negatives, 0U);
  EXPECT_EQ(judged.flags(), 4U) << "but every flag is counted";
}

TEST(score, has_no_ratio_where_there_is_nothing_to_divide_by) {
  score judged = one_stream();
  EXPECT_EQ(judged.overall().precision(), std::nullopt);
  EXPECT_EQ(judged.overall().recall(), std::nullopt);
  EXPECT_EQ(judged.overall().f1(), std::nullopt);
  EXPECT_EQ(judged.false_flags_per_1000(), std::nullopt);
  EXPECT_EQ(judged.drifts().delay_median(), std::nullopt);
  judged.judge({0, 101, 0}, flagged);
  EXPECT_EQ(judged.overall().precision(), 0);
  EXPECT_EQ(judged.overall().f1(), std::nullopt) << "nothing to find";
  judged.judge({0, 102, 1}, nothing);
  EXPECT_EQ(judged.overall().recall(), 0);
  EXPECT_EQ(judged.overall().f1(), 0);
}

TEST(score, judges_nothing_where_the_truth_is_not_known) {
  score judged(1, {}, false, {});
  judged.judge({0, 200, 0}, flagged);
  EXPECT_EQ(judged.flags(), 1U);
  EXPECT_EQ(judged.scored(), 0U);
  EXPECT_EQ(judged.overall().false_positives, 0U);
  EXPECT_EQ(judged.overall().precision(), std::nullopt);
}

TEST(score, counts_alarms_apart) {
  score judged = one_stream();
  judged.judge({0, 50, 0}, {false, false, true});
  judged.judge({0, 150, 0}, {false, false, true});
  EXPECT_EQ(judged.alarms(), 2U);
  EXPECT_EQ(judged.overall().false_positives, 0U);
}

// Injected at 1000 and 3000; reported at 40 (false), 1064 (found), 1096 (its echo), 2500 (false), 3000 (found at once).
TEST(score, tells_found_drifts_from_echoes_and_false_ones) {
  score judged = one_stream({1'000, 3'000});
  for (std::uint64_t number = 1; number <= 4'000; ++number) {
    const bool is_reported = number == 40 || number == 1'064 || number == 1'096 || number == 2'500 || number == 3'000;
    judged.judge({0, number, 0}, is_reported ? drifted : nothing);
  }
  EXPECT_EQ(judged.drifts().reported, 5U);
  EXPECT_EQ(judged.drifts().injected, 2U);
  EXPECT_THAT(judged.drifts().delays, ElementsAre(64, 0));
  EXPECT_EQ(judged.drifts().echoes, 1U);
  EXPECT_EQ(judged.drifts().false_ones, 2U);
  EXPECT_EQ(judged.drifts().delay_median(), 32);
}

TEST(score, takes_echoes_for_a_thousand_points_and_no_longer) {
  score judged = one_stream({10});
  judged.judge({0, 10, 0}, drifted);
  judged.judge({0, 1'010, 0}, drifted);
  judged.judge({0, 1'011, 0}, drifted);
  EXPECT_EQ(judged.drifts().echoes, 1U);
  EXPECT_EQ(judged.drifts().false_ones, 1U);
}

TEST(score, credits_a_late_drift_to_the_latest_injection_only) {
  score judged = one_stream({100, 200});
  for (std::uint64_t number = 1; number <= 250; ++number)
    judged.judge({0, number, 0}, number == 230 ? drifted : nothing);
  EXPECT_EQ(judged.drifts().injected, 2U);
  EXPECT_THAT(judged.drifts().delays, ElementsAre(30));
}

TEST(score, follows_drifts_stream_by_stream) {
  score judged(3, {}, true, {10});
  judged.judge({0, 10, 0}, drifted);
  judged.judge({1, 9, 0}, drifted);
  judged.judge({1, 14, 0}, drifted);
  judged.judge({2, 16, 0}, drifted);
  EXPECT_EQ(judged.drifts().false_ones, 1U);
  EXPECT_THAT(judged.drifts().delays, ElementsAre(0, 4, 6));
  EXPECT_EQ(judged.drifts().delay_median(), 4);
}

}  // namespace
}  // namespace spindrift
