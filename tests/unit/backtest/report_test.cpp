#include "server/backtest/report.hpp"

#include "common/model/verdict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

verdict judged_of(std::string_view stream, std::uint64_t n, double value) {
  verdict judged;
  judged.subject.stream = stream;
  judged.subject.value = value;
  judged.subject.ts = static_cast<std::int64_t>(n) * 60'000;
  judged.n = n;
  judged.expected = 1;
  judged.sigma = 0.1;
  return judged;
}

event shift_of(std::uint64_t from_n) {
  event told;
  told.number = 1;
  told.kind = event_kind::shift;
  told.from_n = from_n;
  told.severity = 63;
  told.text = "level <rose> & stayed";
  return told;
}

TEST(chart_data, thins_a_long_series_and_loses_no_extreme) {
  chart_data data(5);
  for (std::uint64_t n = 1; n <= 100'000; ++n) data.add(judged_of("s", n, n == 77'777 ? 9 : 1));
  const chart_series& held = data.series().front();
  EXPECT_LE(held.columns.size(), chart_data::columns_max);
  double most = 0;
  std::uint64_t points = 0;
  for (const chart_column& one : held.columns) {
    most = std::max(most, one.most);
    points += one.points;
  }
  EXPECT_EQ(most, 9);
  EXPECT_EQ(points, 100'000U);
}

TEST(chart_data, keeps_the_newest_version_of_an_event_and_counts_series_beyond_its_room) {
  chart_data data(5);
  data.add(shift_of(5), "s", "");
  event closed = shift_of(5);
  closed.to_n = 9;
  data.add(closed, "s", "");
  ASSERT_EQ(data.events().size(), 1U);
  EXPECT_TRUE(data.events().front().notice.to_n);
  for (int i = 0; i < 20; ++i) data.add(judged_of("s" + std::to_string(i), 1, 1));
  EXPECT_EQ(data.series().size(), chart_data::series_max);
  EXPECT_EQ(data.left_out(), 4U);
}

TEST(report, draws_the_events_and_makes_no_markup_of_names) {
  chart_data data(5);
  data.run_along_time(true);
  for (std::uint64_t n = 1; n <= 100; ++n) data.add(judged_of("<b>&\x01", n, 1));
  data.add(shift_of(50), "<b>&\x01", "");
  const std::string page = html_of(data, "a<b.csv", "100 points");
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;&amp;?"));
  EXPECT_THAT(page, HasSubstr("level &lt;rose&gt; &amp; stayed"));
  EXPECT_THAT(page, HasSubstr("still open"));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, Not(HasSubstr("src=")));
  EXPECT_THAT(svg_of(data), HasSubstr("class=\"e\""));
  EXPECT_THAT(svg_of(data), HasSubstr(">01:00</text>"));
  EXPECT_THAT(svg_of(data), HasSubstr("1970-01-01 00:01:00 to 1970-01-01 01:40:00 UTC"));
}

TEST(report, says_at_a_tick_no_more_of_a_time_than_there_is_room_for) {
  chart_data days(5);
  days.run_along_time(true);
  for (std::uint64_t n = 1; n <= 4'000; ++n) days.add(judged_of("s", n, 1));
  EXPECT_THAT(svg_of(days), HasSubstr(">01-02 12:00</text>"));
  chart_data months(5);
  months.run_along_time(true);
  for (std::uint64_t n = 1; n <= 200; ++n) months.add(judged_of("s", n * 1'440, 1));
  EXPECT_THAT(svg_of(months), HasSubstr(">1970-04-01</text>"));
}

TEST(report, names_two_events_that_begin_together) {
  chart_data data(5);
  for (std::uint64_t n = 1; n <= 100; ++n) data.add(judged_of("s", n, 1));
  data.add(shift_of(50), "s", "");
  event stuck = shift_of(51);
  stuck.number = 2;
  stuck.kind = event_kind::stuck;
  data.add(stuck, "s", "");
  EXPECT_THAT(svg_of(data), HasSubstr("y=\"31.0\">shift</text>"));
  EXPECT_THAT(svg_of(data), HasSubstr("y=\"53.0\">stuck</text>"));
}

TEST(report, a_single_absurd_value_does_not_squeeze_the_signal) {
  chart_data data(5);
  for (std::uint64_t n = 1; n <= 200; ++n) {
    verdict judged = judged_of("s", n, n == 100 ? 1e9 : static_cast<double>(n % 10));
    judged.warmup = true;
    data.add(judged);
  }
  EXPECT_THAT(svg_of(data), Not(HasSubstr("e+0")));
  EXPECT_THAT(svg_of(chart_data(5)), HasSubstr("</svg>")) << "nothing at all is an empty picture";
}

TEST(report, keeps_no_room_for_what_is_beyond) {
  chart_data data(5);
  for (std::uint64_t n = 1; n <= 200; ++n) {
    verdict judged = judged_of("s", n, n == 100 ? 1e9 : static_cast<double>(n % 10));
    judged.warmup = true;
    data.add(judged);
  }
  EXPECT_THAT(svg_of(data), HasSubstr(">5</text>"));
  EXPECT_THAT(svg_of(data), Not(HasSubstr(">10</text>")));
}

TEST(report, leaves_gaps_open) {
  const auto lines_of = [](std::uint64_t missing) {
    chart_data data(5);
    data.run_along_time(true);
    for (std::uint64_t n = 1; n <= 100; ++n) data.add(judged_of("s", n < 50 ? n : n + missing, 1));
    const std::string picture = svg_of(data);
    const std::size_t begin = picture.find("class=\"v\"");
    const std::string line = picture.substr(begin, picture.find("/>", begin) - begin);
    return std::ranges::count(line, 'M');
  };
  EXPECT_EQ(lines_of(0), 1);
  EXPECT_EQ(lines_of(1), 1);
  EXPECT_EQ(lines_of(20), 2);
}

TEST(report, says_before_it_begins_that_it_cannot_be_written) {
  EXPECT_THAT(obstacle_to_report("a.gif").value_or(""), HasSubstr("ends in .svg or .html"));
  EXPECT_THAT(obstacle_to_report("/no/such/folder/a.svg").value_or(""), HasSubstr("No such file"));
  EXPECT_FALSE(obstacle_to_report("/tmp/spindrift_report.html"));
}

}  // namespace
}  // namespace spindrift
