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

}  // namespace
}  // namespace spindrift
