#include "visualizer/series/screen_view.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/visualizer/series/judged.hpp"

namespace spindrift {
namespace {

class screen : public testing::Test {
protected:
  void hear(const std::string& stream, std::uint64_t n, double width = 0) {
    verdict judged = judged_of(stream, n);
    judged.subject.ts = static_cast<std::int64_t>(n) * 1'000;
    if (width > 0) judged.drift = adwin_cut{width, 1, 2};
    board_.hear(judged, {}, 1'000);
  }
  void tell(const std::string& stream, unsigned severity) {
    stream_event told;
    told.stream = stream;
    told.number = 1;
    told.kind = "shift";
    told.severity = severity;
    board_.tell(told, true, 1'000);
  }
  void press(std::string_view keys) {
    for (const char key : keys) last_ = view_.press(key, board_, 2'000);
  }
  scene look() { return view_.look(board_, room_, 2'000); }
  static std::vector<std::string> panels_of(const scene& shown) {
    std::vector<std::string> names;
    for (const series& one : shown.shown.panels()) names.push_back(one.stream());
    return names;
  }
  using names = std::vector<std::string>;

  stream_board board_{100};
  screen_view view_;
  screen_room room_{4, 2, 1, 10};
  screen_wish last_ = screen_wish::none;
};

TEST_F(screen, shows_all_streams_where_they_fit_and_else_the_worst_beside_a_list) {
  for (const char* const name : {"a", "b", "c", "d"}) hear(name, 1);
  EXPECT_EQ(look().shown.panels().size(), 4U);
  EXPECT_TRUE(look().rows.empty());
  hear("e", 1);
  tell("e", 80);
  EXPECT_TRUE(board_.entitle("e", "East", "bar"));
  const scene shown = look();
  EXPECT_EQ(shown.shown.panels().size(), 2U);
  ASSERT_EQ(shown.rows.size(), 5U);
  EXPECT_EQ(shown.rows[0].name, "e");
  EXPECT_EQ(shown.rows[0].title + shown.rows[0].unit, "Eastbar");
  EXPECT_EQ(shown.shown.panels().front().title() + shown.shown.panels().back().title(), "East");
  EXPECT_TRUE(shown.rows[0].is_shown);
  EXPECT_EQ(shown.rows[0].severity, 80U);
  EXPECT_FALSE(shown.rows[4].is_shown);
}

TEST_F(screen, keeps_a_panel_in_its_place_until_something_worse_is_told) {
  for (const char* const name : {"a", "b", "c", "d", "e"}) hear(name, 1);
  EXPECT_EQ(panels_of(look()), (names{"a", "b"}));
  verdict flagged = judged_of("d", 2);
  flagged.anomaly = true;
  board_.hear(flagged, {}, 1'500);
  EXPECT_EQ(panels_of(look()), (names{"a", "b"})) << "an odd point is no reason to jump";
  tell("e", 80);
  const names now = panels_of(look());
  EXPECT_TRUE(now == (names{"e", "b"}) || now == (names{"a", "e"})) << now[0] << now[1];
}

TEST_F(screen, steps_through_the_list_and_shows_the_width_of_adwin_below_one_stream) {
  for (const char* const name : {"a", "b", "c", "d", "e"}) hear(name, 1);
  for (std::uint64_t n = 2; n <= 5; ++n) hear("b", n, n == 4 ? 2 : 0);
  press("nn");
  const scene shown = look();
  EXPECT_EQ(panels_of(shown), names{"b"});
  EXPECT_TRUE(shown.has_widths);
  std::vector<double> widths;
  for (const width_point& point : shown.widths) widths.push_back(point.width);
  EXPECT_EQ(widths, (std::vector<double>{1, 2, 3, 2, 3}));
  press("p");
  EXPECT_EQ(panels_of(look()), names{"a"});
  press("\x1b");
  EXPECT_EQ(panels_of(look()).size(), 2U);
}

TEST_F(screen, knows_no_width_before_the_first_cut_of_a_stream_that_it_came_to_late) {
  for (std::uint64_t n = 7; n <= 9; ++n) hear("a", n);
  EXPECT_TRUE(look().has_widths);
  EXPECT_TRUE(look().widths.empty());
  hear("a", 10, 5);
  EXPECT_EQ(look().widths.size(), 1U);
}

TEST_F(screen, holds_what_it_shows_while_it_is_paused) {
  for (std::uint64_t n = 1; n <= 9; ++n) hear("a", n);
  press(" ");
  EXPECT_EQ(look().status, "paused");
  hear("a", 10);
  tell("a", 50);
  EXPECT_EQ(look().shown.panels()[0].samples().size(), 9U);
  press("+");
  EXPECT_EQ(look().shown.panels()[0].samples().back().n, 9U) << "other keys do not let go";
  EXPECT_TRUE(look().shown.events().empty());
  press("- ");
  EXPECT_EQ(look().shown.panels()[0].samples().size(), 10U);
  EXPECT_EQ(look().shown.events().size(), 1U);
}

TEST_F(screen, zooms_and_goes_back_and_comes_to_the_newest_again) {
  for (std::uint64_t n = 1; n <= 9; ++n) hear("a", n);
  look();
  press("+");
  EXPECT_EQ(look().shown.panels()[0].samples().front().n, 5U);
  press("[");
  EXPECT_EQ(look().shown.panels()[0].samples().back().n, 7U);
  press("]");
  EXPECT_EQ(look().shown.panels()[0].samples().back().n, 9U);
  press("-");
  EXPECT_EQ(look().shown.panels()[0].samples().size(), 9U);
}

TEST_F(screen, searches_while_it_is_typed) {
  for (const char* const name : {"pump.1", "pump.2", "fan.1", "fan.2", "q"}) hear(name, 1);
  press("/fanq\x7f");
  EXPECT_EQ(look().status, "/fan_");
  EXPECT_EQ(look().found, 2U);
  EXPECT_EQ(last_, screen_wish::none) << "a letter is a letter";
  press("\r");
  EXPECT_EQ(panels_of(look()), (names{"fan.1", "fan.2"}));
  press("\x1b");
  EXPECT_EQ(look().found, 5U);
}

TEST_F(screen, hands_on_what_is_not_its_own) {
  hear("a", 1);
  press("s");
  EXPECT_EQ(last_, screen_wish::save);
  press("w");
  EXPECT_EQ(last_, screen_wish::why);
  press("q");
  EXPECT_EQ(last_, screen_wish::quit);
  EXPECT_EQ(view_.event_in_question(board_), nullptr);
  tell("a", 50);
  look();
  EXPECT_EQ(view_.event_in_question(board_)->severity, 50U);
}

TEST_F(screen, goes_through_features_that_do_not_fit) {
  const std::vector<feature> features{{"x", 1}, {"y", 2}};
  verdict judged = judged_of("a", 1);
  judged.subject.values = features;
  board_.hear(judged, {}, 1'000);
  press("n");
  EXPECT_EQ(look().shown.panels()[0].feature(), "x");
  press("n");
  EXPECT_EQ(look().shown.panels()[0].feature(), "y");
  press("n");
  EXPECT_EQ(look().shown.panels()[0].feature(), "x");
}

TEST(keys, of_arrows_are_letters_and_of_other_sequences_nothing) {
  EXPECT_EQ(keys_of("q"), "q");
  EXPECT_EQ(keys_of("\x1b[D\x1b[C\x1b[A\x1bOB"), "[]pn");
  EXPECT_EQ(keys_of("a\x1b[5~b\x1b[1;5Hc"), "abc");
  EXPECT_EQ(keys_of("\x1b"), "\x1b");
  EXPECT_EQ(keys_of("\n\b"), "\r\x7f");
}

}  // namespace
}  // namespace spindrift
