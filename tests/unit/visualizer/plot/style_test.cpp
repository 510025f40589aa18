#include "visualizer/plot/style.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<std::string> all_of(const manner& as) {
  return {as.band, as.value, as.drift, as.alarm, as.label, as.anomaly, as.beyond};
}

TEST(style, draws_each_thing_in_a_way_of_its_own) {
  for (const auto unit : {canvas::unit::pixels, canvas::unit::cells}) {
    const auto styles = all_of(manner_on({.measured_in = unit}));
    EXPECT_EQ(std::set<std::string>(styles.begin(), styles.end()).size(), styles.size());
    for (const std::string& style : styles) EXPECT_THAT(style, HasSubstr(" lc rgb '#"));
  }
}

// On text there are letters alone: nothing to fill, no sizes, and no letter of our choice, which ends gnuplot 5.4.
TEST(style, asks_nothing_of_a_terminal_that_it_has_not) {
  for (const std::string& style : all_of(manner_on({.measured_in = canvas::unit::cells}))) {
    for (const char* const wrong : {"filledcurves", " ps ", " lw ", "transparent", "pt '", "pt \""}) {
      EXPECT_THAT(style, Not(HasSubstr(wrong)));
    }
  }
}

TEST(style, is_one_of_letters_on_text_and_of_shapes_in_a_picture) {
  const manner on_text = manner_on({.measured_in = canvas::unit::cells});
  const manner in_picture = manner_on({});
  EXPECT_THAT(on_text.anomaly, HasSubstr("pt 1 "));  // the first letter
  EXPECT_THAT(in_picture.anomaly, HasSubstr("pt 7 "));
  EXPECT_THAT(on_text.anomaly, HasSubstr(coloured("", anomaly_colour)));
  EXPECT_EQ(coloured("with lines", "#010203"), "with lines lc rgb '#010203'");
}

}  // namespace
}  // namespace spindrift
