#include "visualizer/gnuplot/terminal.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

const std::set<std::string> all = {"qt", "x11", "sixelgd", "dumb", "pngcairo", "png", "svg"};

display terminal_of(unsigned columns, unsigned rows) {
  display here;
  here.is_terminal = true;
  here.columns = columns;
  here.rows = rows;
  return here;
}

TEST(terminal, is_a_window_where_there_is_a_display) {
  display here = terminal_of(80, 24);
  here.has_window = true;
  EXPECT_EQ(choose_screen("auto", all, here).chosen->name, "qt");
  EXPECT_EQ(choose_screen("auto", {"x11", "dumb"}, here).chosen->name, "x11");
  EXPECT_NE(choose_screen("auto", all, here).chosen->setup.find("noraise"), std::string::npos);
}

TEST(terminal, is_text_of_its_size_elsewhere_and_leaves_room_for_the_prompt) {
  const auto chosen = choose_screen("auto", all, terminal_of(132, 43)).chosen;
  EXPECT_EQ(chosen->name, "dumb");
  EXPECT_EQ(chosen->setup.find("[H\\033[J"), std::string::npos) << "the picture is gone until the next is drawn";
  EXPECT_TRUE(chosen->where.is_text());
  EXPECT_EQ(chosen->where.width, 132U);
  EXPECT_EQ(chosen->where.height, 41U);
}

TEST(terminal, is_wiped_right_before_a_frame_is_put_out) {
  const auto chosen = choose_screen("auto", all, terminal_of(132, 43)).chosen;
  EXPECT_EQ(chosen->setup.find("033["), std::string::npos) << chosen->setup;
  EXPECT_NE(chosen->wipe.find("033[H"), std::string::npos) << chosen->wipe;
}

TEST(terminal, names_what_is_offered_when_the_wanted_is_not) {
  const screen_choice choice = choose_screen("wxt", all, terminal_of(80, 24));
  EXPECT_FALSE(choice.chosen);
  EXPECT_NE(choice.complaint.find("qt, x11, sixelgd, dumb"), std::string::npos) << choice.complaint;
  EXPECT_NE(choose_screen("auto", {}, terminal_of(80, 24)).complaint.find("install"), std::string::npos);
}

TEST(terminal, of_a_window_needs_a_display) {
  EXPECT_NE(choose_screen("qt", all, terminal_of(80, 24)).complaint.find("DISPLAY"), std::string::npos);
}

TEST(terminal, has_a_page_without_colours_for_whoever_reads_a_pipe) {
  const screen page = text_page(display{});
  EXPECT_EQ(page.setup, "set terminal dumb 80,22 mono\n");
  EXPECT_TRUE(page.where.is_text());
}

TEST(terminal, gets_no_frames_where_there_is_none) {
  display file;
  EXPECT_TRUE(takes_lines("auto", file));
  EXPECT_TRUE(takes_lines("dumb", file));
  EXPECT_TRUE(takes_lines("sixel", file));
  EXPECT_FALSE(takes_lines("qt", file));
  EXPECT_FALSE(takes_lines("dumb", terminal_of(80, 24)));
  file.has_window = true;
  EXPECT_FALSE(takes_lines("auto", file));
}

TEST(terminal, of_a_picture_has_its_path_between_quotes) {
  const auto chosen = choose_picture("it's.svg", "svg", all, canvas{}).chosen;
  EXPECT_NE(chosen->setup.find("set output 'it''s.svg'\n"), std::string::npos) << chosen->setup;
}

TEST(terminal, of_a_png_is_the_better_one_where_it_is_offered) {
  EXPECT_EQ(choose_picture("a.png", "png", all, canvas{}).chosen->name, "pngcairo");
  EXPECT_EQ(choose_picture("a.png", "png", {"png"}, canvas{}).chosen->name, "png");
  EXPECT_FALSE(choose_picture("a.png", "png", {"svg"}, canvas{}).chosen);
}

}  // namespace
}  // namespace spindrift
