#include "client/event_score.hpp"

#include <gtest/gtest.h>

#include "client/scenario.hpp"

namespace spindrift {
namespace {

injection injected(std::string_view text) {
  return parse_injection(text).value();
}

TEST(injection, is_read_and_written_as_kind_point_and_length) {
  for (const char* const text : {"shift@2000", "trend@1x50", "spread@7", "stuck@9", "silence@100x3", "missed@61"}) {
    ASSERT_TRUE(parse_injection(text).has_value()) << text;
    EXPECT_EQ(text_of(injected(text)), text);
  }
  for (const char* const text :
       {"", "shift", "shift@", "shift@0", "shift@x5", "dip@5", "trend@5x", "trend@5x0", "@5"}) {
    EXPECT_FALSE(parse_injection(text).has_value()) << text;
  }
  EXPECT_EQ(begin_of(injected("missed@61")), 120U);
}

TEST(event_score, tells_first_notices_further_ones_and_false_ones_apart) {
  event_score judged(1, {injected("shift@1000"), injected("stuck@3000")}, true);
  judged.note_time(0, 0);
  judged.note_time(0, std::int64_t{2} * 86'400'000);
  for (std::uint64_t n = 1; n <= 4'000; ++n) {
    std::uint64_t event = 0;
    std::string_view kind = "spike";
    if (n == 500) event = 1;
    if (n >= 1'004 && n < 1'050) event = 2;
    if (n >= 1'010) kind = "shift";
    if (n == 1'060) event = 3;
    if (n == 3'020) event = 4;
    judged.judge(0, n, false, event, kind);
  }
  const auto kinds = judged.kinds();
  ASSERT_EQ(kinds.size(), 2U);
  EXPECT_EQ(kinds[0].name, "shift");
  EXPECT_EQ(kinds[0].injected, 1U);
  EXPECT_EQ(kinds[0].told, 1U);
  EXPECT_EQ(kinds[0].right, 1U) << "it turned out to be that";
  EXPECT_EQ(kinds[0].notices_an_event(), 2);
  EXPECT_EQ(kinds[0].delay_median(), 4);
  EXPECT_EQ(kinds[1].told, 1U);
  EXPECT_EQ(kinds[1].right, 0U) << "told as a shift";
  EXPECT_EQ(judged.told(), 4U);
  EXPECT_EQ(judged.false_ones(), 1U);
  EXPECT_EQ(judged.false_a_day_and_stream(), 0.5);
}

TEST(event_score, takes_neighbouring_anomalous_points_for_one) {
  event_score judged(1, {}, true);
  for (std::uint64_t n = 1; n <= 300; ++n) {
    const std::uint64_t event = n == 103 ? 1 : n == 202 ? 2 : 0;
    judged.judge(0, n, n == 100 || n == 102 || n == 200, event, "spike");
  }
  const auto kinds = judged.kinds();
  ASSERT_EQ(kinds.size(), 1U);
  EXPECT_EQ(kinds[0].injected, 2U);
  EXPECT_EQ(kinds[0].told, 2U);
  EXPECT_EQ(kinds[0].delay_median(), 1.5);
  EXPECT_EQ(judged.false_ones(), 0U);
}

std::vector<double> values_of(const std::vector<injection>& wanted, std::vector<std::int64_t>& times) {
  scenario_settings settings;
  settings.anomaly_rate = 0;
  settings.injected = wanted;
  scenario made(settings);
  std::vector<double> values;
  times.clear();
  sample out;
  for (std::size_t i = 0; i < 600; ++i) {
    made.next(0, out);
    values.push_back(out.value);
    times.push_back(out.ts);
  }
  return values;
}

TEST(scenario, injects_events_where_they_were_asked_for_and_nothing_elsewhere) {
  std::vector<std::int64_t> times;
  const auto plain = values_of({}, times);
  const auto shifted = values_of({injected("shift@101"), injected("silence@301x10")}, times);
  for (std::size_t i = 0; i < 600; ++i) EXPECT_NEAR(shifted[i] - plain[i], i < 100 ? 0 : 2, 1e-9);
  EXPECT_EQ(times[300] - times[299], 11'000);
  EXPECT_EQ(times[301] - times[300], 1'000);
  const auto stuck = values_of({injected("stuck@101x50")}, times);
  EXPECT_EQ(stuck[149], stuck[100]);
  EXPECT_EQ(stuck[150], plain[150]);
  const auto missed = values_of({injected("missed@200")}, times);
  EXPECT_NEAR(missed[179] - plain[179], 6, 1e-9) << "point 180";
  EXPECT_EQ(missed[239], plain[239]) << "point 240: the job did not run";
  EXPECT_NEAR(missed[299] - plain[299], 6, 1e-9);
}

}  // namespace
}  // namespace spindrift
