#include "visualizer/plot/panel_data.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

sample at(std::uint64_t n, bool is_banded = true) {
  sample made;
  made.n = n;
  made.value = made.expected = static_cast<double>(n);
  made.sigma = 1;
  made.is_banded = is_banded;
  return made;
}

std::string block(const series& shown, const std::string& name) {
  view_settings settings;
  settings.threshold = 2;
  std::string all;
  append_blocks(shown, settings, ranges_of(shown, settings), 0, all);
  const std::size_t begin = all.find('$' + name + "0 << END_OF_BLOCK\n") + name.size() + 19;
  return all.substr(begin, all.find("END_OF_BLOCK\n", begin) - begin);
}

TEST(panel_data, draws_no_line_and_no_band_across_what_was_missed) {
  series shown("s", "", 10);
  for (const std::uint64_t n : {1U, 2U, 5U, 6U}) shown.add(at(n));
  EXPECT_EQ(block(shown, "v"), "1 1\n2 2\n\n5 5\n6 6\n");
  EXPECT_EQ(block(shown, "b"), "1 -1 3\n2 0 4\n\n5 3 7\n6 4 8\n");
}

TEST(panel_data, keeps_milliseconds_apart_on_the_axis_of_time) {
  series shown("s", "", 10);
  for (const std::uint64_t n : {1U, 2U}) {
    sample made = at(n, false);
    made.ts = 1'764'000'123'450 + static_cast<std::int64_t>(n);
    shown.add(made);
  }
  view_settings settings;
  settings.axis = x_axis::time;
  const panel_ranges ranges = ranges_of(shown, settings);
  EXPECT_NEAR(ranges.x.most - ranges.x.least, 0.001, 1e-6);
  std::string out;
  append_blocks(shown, settings, ranges, 0, out);
  EXPECT_NE(out.find("1764000123.451 1\n1764000123.452 2\n"), std::string::npos) << out;
}

TEST(panel_data, draws_no_band_across_points_that_have_none) {
  series shown("s", "", 10);
  for (const std::uint64_t n : {1U, 2U, 3U, 4U}) shown.add(at(n, n != 3));
  EXPECT_EQ(block(shown, "v"), "1 1\n2 2\n3 3\n4 4\n");
  EXPECT_EQ(block(shown, "b"), "1 -1 3\n2 0 4\n\n4 2 6\n");
}

series wave_of(std::size_t count) {
  series shown("s", "", 1'000);
  for (std::uint64_t n = 1; n <= count; ++n) {
    sample made = at(n, false);
    made.value = static_cast<double>(n % 5);
    made.ts = static_cast<std::int64_t>(n) * 1'000;
    shown.add(made);
  }
  return shown;
}

TEST(panel_data, marks_an_absurd_value_at_the_edge_instead_of_squeezing_the_others) {
  series shown = wave_of(100);
  sample absurd = at(101, false);
  absurd.value = 1e9;
  shown.add(absurd);
  absurd.n = 102;
  absurd.value = -1e9;
  shown.add(absurd);
  const panel_ranges ranges = ranges_of(shown, {});
  EXPECT_LT(ranges.y.most - ranges.y.least, 20) << "no room is kept for what is beyond";
  const std::string beyond = block(shown, "e");
  EXPECT_EQ(beyond.find("101 "), 0U) << beyond;
  EXPECT_NE(beyond.find(" 9\n102 -"), std::string::npos) << beyond;
  EXPECT_NE(beyond.find(" 11\n"), std::string::npos) << beyond;
}

TEST(panel_data, holds_a_spike_that_leaves_the_others_legible) {
  series shown = wave_of(100);
  sample spike = at(101, false);
  spike.value = 15;
  shown.add(spike);
  EXPECT_GT(ranges_of(shown, {}).y.most, 15);
  EXPECT_EQ(block(shown, "e"), "NaN NaN NaN NaN\n");
}

TEST(panel_data, does_not_let_a_band_that_is_being_learned_squeeze_the_values) {
  series shown = wave_of(100);
  for (std::uint64_t n = 101; n <= 105; ++n) {
    sample wide = at(n);
    wide.value = wide.expected = 2;
    wide.sigma = 1'000;
    shown.add(wide);
  }
  const panel_ranges ranges = ranges_of(shown, {});
  EXPECT_LT(ranges.y.most - ranges.y.least, 12);
}

TEST(panel_data, is_open_where_nothing_came_on_the_axis_of_time_and_not_where_a_stream_is_slower) {
  series shown = wave_of(10);
  for (std::uint64_t n = 11; n <= 13; ++n) {
    sample late = at(n, false);
    late.value = 0;
    late.ts = 10'000 + static_cast<std::int64_t>(n - 10) * 5'000;
    shown.add(late);
  }
  view_settings settings;
  settings.axis = x_axis::time;
  std::string all;
  append_blocks(shown, settings, ranges_of(shown, settings), 0, all);
  EXPECT_NE(all.find("10 0\n\n15 0\n20 0\n25 0\n"), std::string::npos) << all;
}

}  // namespace
}  // namespace spindrift
