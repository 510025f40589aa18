#include "visualizer/plot/event_span.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

class span_of_event : public testing::Test {
protected:
  span_of_event() {
    told_.number = 17;
    told_.stream = "pump.7";
    told_.kind = "shift";
    told_.direction = "up";
    told_.from_n = 1'195;
    told_.from = 1'764'000'115'000;
    told_.told_n = 1'203;
    told_.told = 1'764'000'123'000;
  }
  std::vector<event_span> spans(const axis_range& x, x_axis axis = x_axis::number) {
    events_ = {told_};
    return spans_of(series(stream_, feature_, 5), events_, axis, x);
  }

  stream_event told_;
  std::string stream_ = "pump.7";
  std::string feature_;
  std::deque<stream_event> events_;
};

TEST_F(span_of_event, that_goes_on_reaches_to_the_newest_point) {
  const auto found = spans({1'000, 1'300});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].from, 1'195);
  EXPECT_EQ(found[0].to, 1'300);
  EXPECT_EQ(span_text(told_), "shift up \xe2\x80\xa6");
}

TEST_F(span_of_event, that_is_over_ends_where_it_ended_on_either_axis) {
  told_.to_n = 1'210;
  told_.to = 1'764'000'130'000;
  EXPECT_EQ(spans({1'000, 1'300})[0].to, 1'210);
  EXPECT_EQ(spans({1'764'000'100, 1'764'000'200}, x_axis::time)[0].to, 1'764'000'130);
  EXPECT_EQ(span_text(told_), "shift up");
}

TEST_F(span_of_event, of_one_point_is_wide_enough_to_be_seen) {
  told_.to_n = told_.from_n;
  const auto found = spans({1'000, 2'000});
  EXPECT_DOUBLE_EQ(found[0].to - found[0].from, 4);
}

TEST_F(span_of_event, is_not_on_other_panels_nor_out_of_view) {
  EXPECT_TRUE(spans({0, 1'000}).empty());
  told_.feature = "temperature";
  feature_ = "humidity";
  EXPECT_TRUE(spans({1'000, 1'300}).empty());
  feature_ = "temperature";
  EXPECT_EQ(spans({1'000, 1'300}).size(), 1U);
  stream_ = "pump.8";
  EXPECT_TRUE(spans({1'000, 1'300}).empty());
}

TEST_F(span_of_event, is_cut_at_the_edge_of_the_panel) {
  EXPECT_EQ(spans({1'200, 1'300})[0].from, 1'200);
}

TEST_F(span_of_event, has_a_name_that_gnuplot_does_not_obey) {
  told_.kind = "spi'ke\nsystem 'x'";
  std::string out;
  append_spans(spans({1'000, 1'300}), {1'000, 1'300}, canvas{}, 1'000, out);
  EXPECT_EQ(out.find("\nsystem"), std::string::npos) << out;
  EXPECT_EQ(out.find("spi'"), std::string::npos) << out;
}

TEST_F(span_of_event, stands_below_the_alarms_and_covers_no_other_text) {
  told_.to_n = 1'200;
  stream_event next = told_;
  next.from_n = 1'205;
  next.to_n = 1'210;
  stream_event far = told_;
  far.from_n = 1'220;
  far.to_n = 1'225;
  const std::deque<stream_event> events{told_, next, far};
  const axis_range x{1'000, 1'300};
  std::string out;
  append_spans(spans_of(series(stream_, feature_, 5), events, x_axis::number, x), x, canvas{}, 1'000, out);
  // 33 pixels apart, then 50: the text is some 45 wide.
  const std::string below = ", graph 0.95 left offset character 0.3, character ";
  EXPECT_NE(out.find("at 1195" + below + "-1 "), std::string::npos) << out;
  EXPECT_NE(out.find("at 1205" + below + "-1.75 "), std::string::npos) << out;
  EXPECT_NE(out.find("at 1220" + below + "-1 "), std::string::npos) << out;
}

}  // namespace
}  // namespace spindrift
