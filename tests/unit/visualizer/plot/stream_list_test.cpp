#include "visualizer/plot/stream_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

std::size_t labels_in(const std::string& script) {
  std::size_t count = 0;
  for (std::size_t at = script.find(" right"); at != std::string::npos; at = script.find(" right", at + 1)) ++count;
  return count;
}

TEST(stream_list, has_in_a_picture_the_rows_that_are_whole_in_it) {
  scene shown;
  shown.rows.resize(100);
  for (list_row& row : shown.rows) row.name = "pump";
  std::string script;
  append_list(shown, canvas{canvas::unit::pixels, 1'600, 812}, script);
  EXPECT_EQ(labels_in(script), 42U);
}

TEST(stream_list, cuts_a_name_where_its_figure_begins_and_no_earlier) {
  scene shown;
  shown.rows.resize(2);
  shown.rows.front().name = std::string(60, 'm');
  shown.rows.back().name = "filling/little/little/illi";
  for (list_row& row : shown.rows) {
    row.kind = "pattern";
    row.value = -0.762829;
    row.has_value = true;
  }
  std::string script;
  append_list(shown, canvas{canvas::unit::pixels, 1'600, 812}, script);
  EXPECT_NE(script.find(" 'mmmmmm\xe2\x80\xa6mmmmm' "), std::string::npos) << script;
  EXPECT_NE(script.find("'filling/little/little/illi'"), std::string::npos) << script;
  EXPECT_NE(script.find("'pattern  -0.762829'"), std::string::npos) << script;
}

}  // namespace
}  // namespace spindrift
