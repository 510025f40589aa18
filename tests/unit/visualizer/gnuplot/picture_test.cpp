#include "visualizer/gnuplot/picture.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include "tests/unit/visualizer/gnuplot/fake_gnuplot.hpp"

namespace spindrift {
namespace {

class picture_file : public testing::Test {
protected:
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }
};

TEST_F(picture_file, says_how_gnuplot_died) {
  const fake_gnuplot killed("kill -9 $$");
  EXPECT_EQ(write_picture("plot\n", killed.file("p.part"), killed.file("p.png")), "gnuplot failed: signal 9 (Killed)");
}

TEST_F(picture_file, says_what_gnuplot_said_last) {
  const fake_gnuplot failing("cat >/dev/null; echo 'line 7: warning' >&2; echo 'line 9: undefined' >&2; exit 1");
  EXPECT_EQ(write_picture("plot\n", failing.file("p.part"), failing.file("p.png")),
            "gnuplot failed: exit status 1; it said: line 9: undefined");
}

TEST_F(picture_file, says_that_there_is_no_gnuplot) {
  const fake_gnuplot missing("exit 127");
  EXPECT_EQ(write_picture("plot\n", missing.file("p.part"), missing.file("p.png")), "gnuplot is not installed");
}

TEST_F(picture_file, appears_whole_under_its_name) {
  const fake_gnuplot working("cat >$HERE/p.part");
  EXPECT_EQ(write_picture("a picture\n", working.file("p.part"), working.file("p.png")), std::nullopt);
  EXPECT_EQ(working.text_of("p.png"), "a picture\n");
  EXPECT_FALSE(std::filesystem::exists(working.file("p.part")));
}

TEST_F(picture_file, of_a_gnuplot_that_died_half_way_is_left_as_it_was) {
  const fake_gnuplot dying("echo half >$HERE/p.part; kill -15 $$");
  std::ofstream(dying.file("p.png")) << "the one before";
  EXPECT_NE(write_picture("plot\n", dying.file("p.part"), dying.file("p.png")), std::nullopt);
  EXPECT_EQ(dying.text_of("p.png"), "the one before");
  EXPECT_FALSE(std::filesystem::exists(dying.file("p.part")));
}

TEST_F(picture_file, may_be_text_that_is_told_and_is_nothing_where_gnuplot_fails) {
  {
    const fake_gnuplot working("cat >$HERE/script; echo a complaint >&2; printf '\\fa page\\n'");
    EXPECT_EQ(draw_text("plot\n"), "a page\n");
    EXPECT_EQ(working.text_of("script"), "plot\n");
  }
  const fake_gnuplot dying("cat >/dev/null; echo half a page; exit 3");
  EXPECT_EQ(draw_text("plot\n"), "");
}

TEST_F(picture_file, has_no_obstacle_where_files_can_be_made_and_leaves_none_there) {
  const fake_gnuplot folder("");
  EXPECT_EQ(find_obstacle(folder.file("p.png")), std::nullopt);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.file("")), {}), 1);
}

TEST_F(picture_file, has_an_obstacle_in_a_folder_that_is_not_there_or_where_a_folder_is) {
  const fake_gnuplot folder("");
  EXPECT_EQ(find_obstacle(folder.file("no/p.png")), folder.file("no/p.png") + ": No such file or directory");
  std::filesystem::create_directory(folder.file("p.png"));
  EXPECT_EQ(find_obstacle(folder.file("p.png")), folder.file("p.png") + ": is a folder");
}

}  // namespace
}  // namespace spindrift
