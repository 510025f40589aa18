#include "visualizer/plot/common_part.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(common_part, of_names_is_left_out_up_to_a_separator) {
  const common_part shared = common_part_of({"plant-1/line-10/bearing", "plant-1/line-17/bearing"});
  EXPECT_EQ(shared.without("plant-1/line-17/bearing"),
            "\xe2\x80\xa6"
            "17\xe2\x80\xa6");
  const common_part ends = common_part_of({"a.x", "b.x", "cd.x"});
  EXPECT_EQ(ends.without("cd.x"), "cd\xe2\x80\xa6");
}

TEST(common_part, is_nothing_where_names_differ_or_one_would_be_left_empty) {
  EXPECT_EQ(common_part_of({"pump", "fan"}).without("pump"), "pump");
  EXPECT_EQ(common_part_of({"pump.1"}).without("pump.1"), "pump.1");
  EXPECT_EQ(common_part_of({"a/", "a/b"}).without("a/"), "a/");
  EXPECT_EQ(common_part_of({"x-x", "x-x"}).without("x-x"), "x-x");
  EXPECT_EQ(common_part_of({}).front, 0U);
}

}  // namespace
}  // namespace spindrift
