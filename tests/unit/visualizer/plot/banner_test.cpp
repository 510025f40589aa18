// The strip above the panels: who, how it goes, what is left out, and the legend.
#include "visualizer/plot/banner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/model/verdict.hpp"
#include "visualizer/plot/style.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr canvas banner_terminal{canvas::unit::cells, 200, 24};

class banner : public testing::Test {
protected:
  std::string drawn(const canvas& where, std::size_t panels) const {
    std::string out;
    append_banner(shown_, {"127.0.0.1:7171", "live"}, settings_, where, grid_for(where, panels), panels, out);
    return out;
  }
  void hear(std::string_view stream) {
    verdict judged;
    judged.subject.stream = stream;
    judged.n = 1;
    shown_.shown.add(judged);
  }

  scene shown_{10};
  view_settings settings_;
};

TEST_F(banner, says_who_and_how_it_goes) {
  shown_.status = "paused";
  EXPECT_THAT(drawn(banner_terminal, 0),
              HasSubstr("'spindrift   127.0.0.1:7171   live   paused' at character 0, character 23"));
  EXPECT_THAT(drawn({}, 0), HasSubstr("'spindrift   127.0.0.1:7171   live   paused' at screen "));
}

TEST_F(banner, says_how_many_series_are_left_out) {
  for (const char* const stream : {"a", "b", "c"}) hear(stream);
  EXPECT_THAT(drawn(banner_terminal, 3), Not(HasSubstr("not shown")));
  EXPECT_THAT(drawn(banner_terminal, 1), HasSubstr("   and 2 series not shown"));
}

TEST_F(banner, leaves_that_to_the_list_where_there_is_one) {
  for (const char* const stream : {"a", "b", "c"}) hear(stream);
  shown_.rows.resize(1);
  shown_.found = 1;
  const std::string text = drawn(banner_terminal, 1);
  EXPECT_THAT(text, HasSubstr("   1 stream, the worst first"));
  EXPECT_THAT(text, Not(HasSubstr("not shown")));
}

TEST_F(banner, has_a_legend_with_the_width_of_the_band) {
  settings_.threshold = 3.5;
  EXPECT_THAT(drawn(banner_terminal, 0), HasSubstr("expected and 3.5 sigma"));
  EXPECT_THAT(drawn({}, 0), HasSubstr("title 'expected \xc2\xb1 3.5 sigma'"));
}

TEST_F(banner, draws_the_legend_as_the_panels_are_drawn) {
  const manner how = manner_on({});
  const std::string text = drawn({}, 0);
  for (const std::string& style : {how.value, how.band, how.anomaly, how.alarm, how.label}) {
    EXPECT_THAT(text, HasSubstr("keyentry " + style + " title "));
  }
  EXPECT_THAT(text, testing::EndsWith("unset key\n"));
}

}  // namespace
}  // namespace spindrift
