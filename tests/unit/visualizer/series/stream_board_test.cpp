#include "visualizer/series/stream_board.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/visualizer/series/judged.hpp"

namespace spindrift {
namespace {

stream_event event_of(std::string stream, unsigned severity, bool is_over = false) {
  stream_event told;
  told.stream = std::move(stream);
  told.number = 1;
  told.kind = "shift";
  told.severity = severity;
  if (is_over) told.to_n = 9;
  return told;
}

std::vector<std::string> names_of(const stream_board::page& found) {
  std::vector<std::string> names;
  for (const board_stream* const one : found.streams) names.push_back(one->name);
  return names;
}

TEST(stream_board, puts_the_worst_open_event_first_then_what_was_told_then_what_was_flagged) {
  stream_board board(10);
  for (const char* const name : {"a", "b", "c", "d", "e"}) board.hear(judged_of(name, 1), {}, 1'000);
  verdict flagged = judged_of("b", 2);
  flagged.anomaly = true;
  board.hear(flagged, {}, 2'000);
  board.tell(event_of("c", 90, true), true, 2'000);
  board.tell(event_of("d", 40), true, 2'000);
  board.tell(event_of("e", 60), true, 2'000);
  EXPECT_EQ(names_of(board.find({}, 3'000)), (std::vector<std::string>{"e", "d", "c", "b", "a"}));
  board.tell(event_of("e", 60, true), true, 4'000);
  EXPECT_EQ(names_of(board.find({}, 5'000)), (std::vector<std::string>{"d", "c", "e", "b", "a"}));
  EXPECT_EQ(names_of(board.find({}, 5'000 + stream_board::recent_span_ms)),
            (std::vector<std::string>{"d", "b", "a", "c", "e"}))
      << "what was told fades";
}

TEST(stream_board, finds_by_a_part_of_the_name_or_a_pattern_and_gives_the_rows_in_view) {
  stream_board board(10);
  for (int i = 0; i < 30; ++i) board.hear(judged_of("Pump." + std::to_string(i + 10), 1), {}, 1'000);
  board.hear(judged_of("cpu", 1), {}, 1'000);
  EXPECT_EQ(board.find({.match = "pump"}, 1'000).found, 30U);
  EXPECT_EQ(names_of(board.find({.match = "pump.1*", .from = 8, .count = 5}, 1'000)),
            (std::vector<std::string>{"Pump.18", "Pump.19"}));
  EXPECT_EQ(names_of(board.find({.match = "", .from = 31}, 1'000)), std::vector<std::string>{});
  EXPECT_EQ(board.find({.match = "nothing"}, 1'000).found, 0U);
}

TEST(stream_board, keeps_what_people_call_a_stream_for_features_that_come_later_too) {
  stream_board board(10);
  EXPECT_FALSE(board.entitle("pump", "Pump of the cellar", "bar")) << "no such stream";
  board.hear(judged_of("pump", 1), {}, 1'000);
  EXPECT_TRUE(board.entitle("pump", "Pump of the cellar", "bar"));
  EXPECT_FALSE(board.entitle("pump", "Pump of the cellar", "bar")) << "nothing changed";
  const std::vector<feature> values{{"flow", 1}};
  verdict wide = judged_of("pump", 2);
  wide.subject.values = values;
  board.hear(wide, {}, 2'000);
  ASSERT_EQ(board.stream_at(0).features.size(), 2U);
  for (const series& shown : board.stream_at(0).features) {
    EXPECT_EQ(shown.title(), "Pump of the cellar");
    EXPECT_EQ(shown.unit(), "bar");
  }
}

TEST(stream_board, calls_a_stream_stale_after_three_of_its_intervals) {
  stream_board board(10);
  for (std::uint64_t n = 1; n <= 5; ++n) board.hear(judged_of("slow", n), {}, static_cast<std::int64_t>(n) * 10'000);
  EXPECT_FALSE(board.stream_named("slow")->is_stale(79'000));
  EXPECT_TRUE(board.stream_named("slow")->is_stale(81'000));
  EXPECT_EQ(board.find({.match = "", .show = stream_board::choice::silent}, 81'000).found, 1U);
  EXPECT_EQ(board.find({.match = "", .show = stream_board::choice::silent}, 79'000).found, 0U);
}

TEST(stream_board, knows_a_stream_of_which_there_are_events_alone) {
  stream_board board(10);
  board.tell(event_of("gone", 70), false, 1'000);
  EXPECT_EQ(names_of(board.find({.match = "", .show = stream_board::choice::open}, 1'000)),
            std::vector<std::string>{"gone"});
  EXPECT_EQ(board.stream_named("gone")->recent_severity, 0U) << "it is no news";
  board.tell(event_of("gone", 70, true), false, 1'000);
  EXPECT_EQ(board.events().size(), 1U);
  EXPECT_EQ(board.find({.match = "", .show = stream_board::choice::open}, 1'000).found, 0U);
}

TEST(stream_board, keeps_as_many_points_as_were_asked_for_and_the_cuts_of_drift) {
  stream_board board(10);
  for (std::uint64_t n = 1; n <= 50; ++n) {
    verdict judged = judged_of("s", n);
    if (n == 40) judged.drift.emplace();
    board.hear(judged, {}, static_cast<std::int64_t>(n));
  }
  EXPECT_EQ(board.stream_named("s")->features.front().samples().size(), 10U);
  ASSERT_EQ(board.stream_named("s")->drifts.size(), 1U);
  EXPECT_EQ(board.stream_named("s")->drifts.front().n, 40U);
}

TEST(stream_board, keeps_of_an_aggregate_how_many_points_it_is_of_and_how_far_they_went) {
  stream_board board(100);
  const std::vector<value_extent> extents{{-3, 9}};
  EXPECT_TRUE(board.hear(judged_of("a", 37), {}, 1'000, {37, extents}));
  const board_stream& kept = *board.stream_named("a");
  EXPECT_TRUE(kept.is_from_start) << "its first point is among them";
  ASSERT_EQ(kept.features.front().samples().size(), 1U);
  EXPECT_EQ(kept.features.front().samples().back().count, 37U);
  EXPECT_EQ(kept.features.front().samples().back().low, -3);
  EXPECT_EQ(kept.features.front().samples().back().high, 9);
}

TEST(stream_board, has_each_point_once_where_both_verdicts_and_aggregates_come) {
  stream_board board(100);
  board.expect_aggregates(true, 900);
  const std::vector<value_extent> extents{{0, 2}};
  EXPECT_TRUE(board.hear(judged_of("a", 10), {}, 1'000, {10, extents}));
  EXPECT_FALSE(board.hear(judged_of("a", 13), {}, 1'200)) << "11 and 12 are still to come, in an aggregate";
  EXPECT_TRUE(board.hear(judged_of("a", 14), {}, 1'300, {4, extents}));
  EXPECT_FALSE(board.hear(judged_of("a", 14), {}, 1'350)) << "it is in the aggregate";
  EXPECT_TRUE(board.hear(judged_of("a", 15), {}, 1'400));
  EXPECT_FALSE(board.hear(judged_of("a", 16), {}, 1'500, {2, extents})) << "its verdict comes";
  EXPECT_TRUE(board.hear(judged_of("a", 16), {}, 1'600));
  EXPECT_FALSE(board.hear(judged_of("a", 16), {}, 9'000, {1, extents})) << "late, and here already";
  EXPECT_TRUE(board.hear(judged_of("a", 20), {}, 9'100, {4, extents})) << "no verdicts come any more";
  const auto& samples = board.stream_named("a")->features.front().samples();
  std::uint64_t next = 0;
  for (const sample& one : samples) EXPECT_EQ(one.n, next += one.count);
  EXPECT_EQ(next, 20U);
  EXPECT_EQ(board.stream_named("a")->restarts, 0U);
}

TEST(stream_board, has_a_point_whose_verdict_overtook_the_aggregate_before_it) {
  stream_board board(200);
  board.expect_aggregates(true, 900);
  const std::vector<value_extent> extents{{0, 2}};
  EXPECT_TRUE(board.hear(judged_of("a", 100), {}, 1'000, {100, extents}));
  EXPECT_FALSE(board.hear(judged_of("a", 131), {}, 1'200));
  EXPECT_TRUE(board.hear(judged_of("a", 130), {}, 1'201, {30, extents})) << "sent before 131, and read after it";
  EXPECT_TRUE(board.hear(judged_of("a", 132), {}, 1'300)) << "and stands for 131, too";
  EXPECT_TRUE(board.hear(judged_of("a", 133), {}, 1'400));
  std::uint64_t next = 0;
  for (const sample& one : board.stream_named("a")->features.front().samples()) EXPECT_EQ(one.n, next += one.count);
  EXPECT_EQ(next, 133U);
}

TEST(stream_board, keeps_events_in_the_order_in_which_they_were_told) {
  stream_board board(10);
  const auto told_at = [](std::uint64_t number, std::int64_t told) {
    stream_event made;
    made.stream = "a";
    made.number = number;
    made.told = told;
    return made;
  };
  board.tell(told_at(7, 7'000), true, 1);
  board.tell(told_at(3, 3'000), false, 2);
  board.tell(told_at(5, 5'000), false, 3);
  board.tell(told_at(8, 6'500), true, 4);
  std::vector<std::uint64_t> numbers;
  for (const stream_event& held : board.events()) numbers.push_back(held.number);
  EXPECT_EQ(numbers, (std::vector<std::uint64_t>{3, 5, 7, 8}));
}

TEST(stream_board, has_what_was_left_out_for_verdicts_that_did_not_come) {
  stream_board board(100);
  board.expect_aggregates(true, 900);
  const std::vector<value_extent> extents{{0, 2}};
  board.hear(judged_of("a", 1), {}, 1'000);
  board.hear(judged_of("a", 2), {}, 1'100, {2, extents});
  EXPECT_TRUE(board.hear(judged_of("a", 3), {}, 1'200));
  EXPECT_FALSE(board.hear(judged_of("a", 5), {}, 2'000, {2, extents}));
  EXPECT_TRUE(board.hear(judged_of("a", 7), {}, 9'000, {2, extents}));
  EXPECT_EQ(board.stream_named("a")->features.front().samples().back().count, 4U);
}

TEST(stream_board, takes_aggregates_at_once_where_they_come_in_place_of_verdicts) {
  stream_board board(100);
  const std::vector<value_extent> extents{{0, 2}};
  board.hear(judged_of("a", 10), {}, 1'000);
  board.expect_aggregates(true, 1'001);
  EXPECT_TRUE(board.hear(judged_of("a", 12), {}, 1'100, {2, extents}));
  board.expect_restarts();
  EXPECT_TRUE(board.hear(judged_of("a", 1), {}, 1'200, {1, extents})) << "of a server that began anew";
  board.expect_aggregates(false, 1'300);
  EXPECT_TRUE(board.hear(judged_of("a", 2), {}, 1'400)) << "verdicts of all again";
}

}  // namespace
}  // namespace spindrift
