#include "visualizer/plot/layout.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(layout, fills_the_canvas_below_the_heading_without_overlap) {
  for (const canvas& where : {canvas{}, canvas{canvas::unit::cells, 200, 60}}) {
    for (std::size_t panels = 1; panels <= panels_that_fit(where); ++panels) {
      const grid made = grid_for(where, panels);
      ASSERT_GE(made.columns * made.rows, panels);
      const place last = made.of(panels - 1);
      EXPECT_GE(last.bottom, -1e-9) << panels;
      EXPECT_LE(last.left + last.width, 1 + 1e-9) << panels;
      EXPECT_NEAR(made.of(0).bottom + made.of(0).height, 1 - made.heading, 1e-9) << panels;
    }
  }
}

TEST(layout, has_room_for_one_panel_on_the_smallest_terminal) {
  EXPECT_EQ(panels_that_fit({canvas::unit::cells, 1, 1}), 1U);
  EXPECT_EQ(panels_that_fit({canvas::unit::cells, 80, 24}), 1U);
  EXPECT_EQ(panels_that_fit({canvas::unit::cells, 120, 50}), 8U);
}

TEST(layout, makes_a_picture_taller_with_its_panels) {
  EXPECT_LT(picture_canvas(1).height, picture_canvas(3).height);
  EXPECT_LT(picture_canvas(1).width, picture_canvas(16).width);
}

}  // namespace
}  // namespace spindrift
