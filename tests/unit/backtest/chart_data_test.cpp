// What a picture of a whole file keeps: columns, bands, marks, events, each with its limit.
#include "server/backtest/chart_data.hpp"

#include <gtest/gtest.h>

#include <array>

#include "common/model/verdict.hpp"

namespace spindrift {
namespace {

verdict charted(std::uint64_t n, double value) {
  verdict judged;
  judged.subject.stream = "pump";
  judged.subject.value = value;
  judged.subject.ts = static_cast<std::int64_t>(n) * 1'000;
  judged.n = n;
  judged.expected = 10;
  judged.sigma = 2;
  return judged;
}

TEST(chart_data, has_a_band_of_so_many_sigmas_where_the_baseline_has_one) {
  chart_data data(3);
  data.add(charted(1, 5));
  verdict young = charted(2, 5);
  young.warmup = true;
  data.add(young);
  const auto& columns = data.series().front().columns;
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].low, 4);
  EXPECT_EQ(columns[0].high, 16);
  EXPECT_GT(columns[1].low, columns[1].high);
}

TEST(chart_data, runs_along_numbers_or_along_time) {
  chart_data by_number(5);
  by_number.add(charted(7, 1));
  EXPECT_EQ(by_number.series().front().columns.front().begin, 7);
  chart_data by_time(5);
  by_time.run_along_time(true);
  by_time.add(charted(7, 1));
  EXPECT_EQ(by_time.series().front().columns.front().begin, 7'000);
}

TEST(chart_data, makes_one_of_two_columns_when_there_are_too_many) {
  chart_data data(3);
  for (std::uint64_t n = 1; n <= chart_data::columns_max; ++n) data.add(charted(n, static_cast<double>(n)));
  EXPECT_EQ(data.series().front().columns.size(), chart_data::columns_max);
  data.add(charted(chart_data::columns_max + 1, 0));
  const chart_series& held = data.series().front();
  EXPECT_EQ(held.points_a_column, 2U);
  EXPECT_EQ(held.columns.size(), chart_data::columns_max / 2 + 1);
  EXPECT_EQ(held.columns[0].points, 2U);
  EXPECT_EQ(held.columns[0].begin, 1);
  EXPECT_EQ(held.columns[0].end, 2);
  EXPECT_EQ(held.columns[0].least, 1);
  EXPECT_EQ(held.columns[0].most, 2);
  EXPECT_EQ(held.columns[0].low, 4);
}

TEST(chart_data, has_a_series_for_each_feature_up_to_sixteen_and_counts_the_rest) {
  std::vector<std::string> names;
  for (int i = 0; i < 18; ++i) names.push_back("f" + std::to_string(i));
  std::vector<feature> values;
  for (const std::string& name : names) values.push_back({name, 1});
  verdict judged = charted(1, 0);
  judged.subject.values = values;
  chart_data data(5);
  data.add(judged);
  EXPECT_EQ(data.series().size(), chart_data::series_max);
  EXPECT_EQ(data.series()[3].feature, "f3");
  EXPECT_EQ(data.left_out(), 2U);
  data.add(judged);
  EXPECT_EQ(data.series()[0].columns.size(), 2U);
  EXPECT_EQ(data.left_out(), 4U);
}

TEST(chart_data, marks_an_anomaly_at_the_feature_that_it_is_about) {
  const std::array<feature, 2> values = {{{"cpu", 1}, {"mem", 2}}};
  verdict judged = charted(5, 0);
  judged.subject.values = values;
  judged.anomaly = judged.alarm = true;
  judged.feature = "mem";
  chart_data data(5);
  data.add(judged);
  EXPECT_TRUE(data.series()[0].anomalies.empty());
  ASSERT_EQ(data.series()[1].anomalies.size(), 1U);
  EXPECT_EQ(data.series()[1].anomalies[0].x, 5);
  EXPECT_EQ(data.series()[1].anomalies[0].y, 2);
  EXPECT_EQ(data.series()[0].alarms.size(), 1U);
  EXPECT_TRUE(data.series()[0].drifts.empty());
}

TEST(chart_data, keeps_so_many_marks_and_events_and_no_more) {
  chart_data data(5);
  event told;
  for (std::uint64_t n = 1; n <= chart_data::marks_max + 10; ++n) {
    verdict judged = charted(n, 1);
    judged.anomaly = true;
    data.add(judged);
    told.number = n;
    data.add(told, "pump", "");
  }
  EXPECT_EQ(data.series().front().anomalies.size(), chart_data::marks_max);
  EXPECT_EQ(data.events().size(), chart_data::events_max);
  told.number = 1;
  told.severity = 77;
  data.add(told, "pump", "");
  EXPECT_EQ(data.events().front().notice.severity, 77) << "a newer version of one that is held";
  data.add(told, "another", "");
  EXPECT_EQ(data.events().size(), chart_data::events_max);
}

}  // namespace
}  // namespace spindrift
