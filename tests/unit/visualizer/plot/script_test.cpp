#include "visualizer/plot/script.hpp"

#include "common/model/verdict.hpp"

#include <gtest/gtest.h>

#include <string>

namespace spindrift {
namespace {

class script : public testing::Test {
protected:
  void hear(std::string_view stream, std::uint64_t n) {
    verdict judged;
    judged.subject.stream = stream;
    judged.subject.value = static_cast<double>(n);
    judged.subject.ts = 1'764'000'000'000 + static_cast<std::int64_t>(n) * 1'000;
    judged.n = n;
    shown_.add(judged);
  }
  std::string drawn(const canvas& where = {}, x_axis axis = x_axis::number) const {
    return draw(shown_, {"127.0.0.1:7171", "live"}, {5, axis}, where);
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
  }

  gallery shown_{10};
};

TEST_F(script, of_nothing_says_so) {
  EXPECT_NE(drawn().find("no verdict yet"), std::string::npos);
}

TEST_F(script, puts_out_nothing_until_all_is_worked_out) {
  hear("cpu", 1);
  scene all;
  all.shown = shown_;
  const std::string text = draw(all, {"127.0.0.1:7171", "live"}, {5, x_axis::number}, {}, "print 'wipe'\n");
  EXPECT_TRUE(text.ends_with("print 'wipe'\nunset multiplot\n")) << text.substr(text.size() - 80);
}

TEST_F(script, has_a_panel_a_series_and_says_how_many_are_left_out) {
  for (int stream = 0; stream < 20; ++stream) hear("s" + std::to_string(stream), 1);
  EXPECT_EQ(count(drawn(), "$v"), 32U) << "each block is opened and used";
  EXPECT_NE(drawn().find("and 4 series not shown"), std::string::npos);
  const canvas terminal{canvas::unit::cells, 80, 24};
  EXPECT_EQ(count(drawn(terminal), "$v"), 2U);
  EXPECT_NE(drawn(terminal).find("and 19 series not shown"), std::string::npos);
}

TEST_F(script, has_the_list_of_streams_at_the_left_and_the_width_of_adwin_below) {
  hear("pump", 1);
  scene all;
  all.shown = shown_;
  all.rows.push_back(
      {.name = "oven's", .kind = "shift", .severity = 63, .is_open = true, .value = 5, .has_value = true});
  all.found = 500;
  const std::string text = draw(all, {"here", "live"}, {}, {canvas::unit::cells, 100, 30});
  EXPECT_NE(text.find("' 63 oven\xe2\x80\x99s               5'"), std::string::npos) << text;
  EXPECT_NE(text.find("500 streams, the worst first"), std::string::npos);
  EXPECT_NE(draw(all, {"here", "live"}, {}, {}).find("'shift  5'"), std::string::npos);
  all.rows.clear();
  all.has_widths = true;
  all.widths = {{1, 1'764'000'001'000, 320}};
  EXPECT_NE(draw(all, {"here", "live"}, {}, {}).find("320 points"), std::string::npos);
  EXPECT_EQ(draw(all, {"here", "live"}, {}, {canvas::unit::cells, 80, 12}).find("$w"), std::string::npos) << "too low";
}

TEST_F(script, says_lines_in_place_of_panels) {
  hear("pump", 1);
  scene all;
  all.shown = shown_;
  all.lines = {"why", "'because'"};
  const std::string text = draw(all, {"here", "live"}, {}, {canvas::unit::cells, 80, 24});
  EXPECT_EQ(count(text, "$v"), 0U);
  EXPECT_NE(text.find("'\xe2\x80\x99"
                      "because\xe2\x80\x99'"),
            std::string::npos)
      << text;
}

TEST_F(script, marks_an_event_with_its_kind_in_pictures_and_in_text) {
  for (std::uint64_t n = 1; n <= 9; ++n) hear("pump.7", n);
  stream_event told;
  told.number = 1;
  told.stream = "pump.7";
  told.kind = "stuck";
  told.from_n = 4;
  shown_.add(told);
  EXPECT_NE(drawn().find("rectangle from 4, graph 0 to 9, graph 1"), std::string::npos);
  EXPECT_NE(drawn().find("'stuck \xe2\x80\xa6'"), std::string::npos);
  EXPECT_NE(drawn({canvas::unit::cells, 80, 24}).find("'stuck \xe2\x80\xa6'"), std::string::npos);
}

TEST_F(script, has_ticks_of_time_that_are_round) {
  for (std::uint64_t n = 1; n <= 9; ++n) hear("a", n);
  EXPECT_NE(drawn({}, x_axis::time).find("'16:00:05' 1764000005"), std::string::npos) << drawn({}, x_axis::time);
}

TEST_F(script, has_what_people_call_a_stream_and_its_unit_above_the_panel_and_in_the_list) {
  hear("db.1.latency", 7);
  shown_.entitle("db.1.latency", "Latency of 1", "ms");
  for (const canvas& where : {canvas{}, canvas{canvas::unit::cells, 160, 24}}) {
    EXPECT_NE(drawn(where).find("Latency of 1 \xc2\xb7 db.1.latency"), std::string::npos) << drawn(where);
    EXPECT_NE(drawn(where).find("last 7 ms"), std::string::npos) << drawn(where);
  }
  scene all;
  all.shown = shown_;
  all.rows.push_back({.name = "db.1.latency", .title = "Latency of 1", .unit = "ms", .value = 7, .has_value = true});
  const std::string text = draw(all, {"here", "live"}, {}, {canvas::unit::cells, 100, 30});
  EXPECT_NE(text.find("Latency of 1  "), std::string::npos) << text;
  EXPECT_NE(text.find("7 ms'"), std::string::npos) << text;
}

TEST_F(script, gives_every_line_a_command_whatever_a_stream_is_called) {
  hear("x'\nsystem 'touch /tmp/x'", 1);
  EXPECT_EQ(drawn().find("\nsystem"), std::string::npos);
}

}  // namespace
}  // namespace spindrift
