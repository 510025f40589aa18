// The pane of ADWIN's width below the panels of one stream.
#include "visualizer/plot/width_pane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/model/verdict.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class width_pane : public testing::Test {
protected:
  width_pane() {
    verdict judged;
    judged.subject.stream = "pump";
    judged.subject.value = 1;
    judged.subject.ts = 1'764'000'001'000;
    judged.n = 7;
    shown_.shown.add(judged);
  }
  std::string drawn(x_axis axis = x_axis::number) const {
    std::string out;
    append_widths(shown_, {5, axis}, {}, {0, 0, 1, 0.2}, out);
    return out;
  }

  scene shown_{10};
};

TEST_F(width_pane, has_a_point_for_each_that_is_known_by_number_or_by_time) {
  shown_.widths = {{7, 1'764'000'001'500, 320}, {8, 1'764'000'002'500, 40}};
  EXPECT_THAT(drawn(), HasSubstr("$w << END_OF_BLOCK\n7 320\n8 40\nEND_OF_BLOCK\n"));
  EXPECT_THAT(drawn(x_axis::time), HasSubstr("\n1764000001.5 320\n1764000002.5 40\n"));
}

TEST_F(width_pane, says_the_newest_width_above_it) {
  shown_.widths = {{7, 0, 320}, {8, 0, 1}};
  EXPECT_THAT(drawn(), HasSubstr("width   1 point'"));
}

TEST_F(width_pane, has_room_above_the_widest) {
  shown_.widths = {{7, 0, 200}};
  EXPECT_THAT(drawn(), HasSubstr("set ytics 0, 100\nset yrange [0:230]\n"));
}

TEST_F(width_pane, has_three_labels_at_most) {
  shown_.widths = {{7, 0, 3}};
  EXPECT_THAT(drawn(), HasSubstr("set ytics 0, 2\n")) << "0 and 2, no more below 3.45";
}

TEST_F(width_pane, says_that_nothing_is_known_yet_and_draws_nothing) {
  EXPECT_THAT(drawn(), HasSubstr("$w << END_OF_BLOCK\nNaN NaN\nEND_OF_BLOCK\n"));
  EXPECT_THAT(drawn(), HasSubstr("is not known before the first cut"));
}

}  // namespace
}  // namespace spindrift
