// Goal: where a picture cannot be made, that is said before anything else happens, and what is not there is not drawn.
#include <gtest/gtest.h>

#include "common/cli/terminal.hpp"
#include "visualizer/app/picture_output.hpp"

namespace spindrift {
namespace {

class picture_output_test : public testing::Test {
protected:
  boost::asio::io_context io_;
  viewer_settings settings_;
  stream_board board_{100};
  heading heading_;
};

TEST_F(picture_output_test, has_nothing_to_check_where_no_file_is_wanted) {
  picture_output output(io_, settings_, board_, heading_);
  EXPECT_EQ(output.check(), std::nullopt);
  output.start();
  EXPECT_EQ(io_.run(), 0U);  // no timer
  EXPECT_EQ(output.conclude(), std::nullopt);
}

TEST_F(picture_output_test, refuses_a_file_in_a_folder_that_is_not_there) {
  settings_.output = "/nowhere/at/all/picture.png";
  EXPECT_EQ(picture_output(io_, settings_, board_, heading_).check(), exit_bad_config);
  settings_.output.clear();
  settings_.dump = "/nowhere/at/all/picture.gp";
  EXPECT_EQ(picture_output(io_, settings_, board_, heading_).check(), exit_bad_config);
}

TEST_F(picture_output_test, saves_no_picture_of_nothing) {
  picture_output output(io_, settings_, board_, heading_);
  EXPECT_EQ(output.save(scene{}), "nothing to save yet");
}

TEST_F(picture_output_test, draws_no_more_once_it_is_stopped) {
  settings_.output = "unused.png";
  picture_output output(io_, settings_, board_, heading_);
  output.start();
  output.stop();
  EXPECT_EQ(io_.run(), 1U);  // the cancelled timer alone
}

// Somebody waits for the first picture; the others are for who looks now and then.
TEST(picture_pace, is_soon_until_there_is_something_to_see) {
  using std::chrono::seconds;
  picture_pace pace;
  EXPECT_EQ(pace.after(picture_outcome::nothing_to_see), seconds(1));
  EXPECT_EQ(pace.after(picture_outcome::nothing_to_see), seconds(1));
  EXPECT_EQ(pace.after(picture_outcome::drawn), seconds(5));
  EXPECT_EQ(pace.after(picture_outcome::drawn), seconds(5));
}

TEST(picture_pace, is_ever_later_while_drawing_fails) {
  using std::chrono::seconds;
  picture_pace pace;
  for (const int pause : {5, 10, 20, 40, 60, 60}) EXPECT_EQ(pace.after(picture_outcome::failed), seconds(pause));
  EXPECT_EQ(pace.after(picture_outcome::drawn), seconds(5));
  EXPECT_EQ(pace.after(picture_outcome::failed), seconds(10));
}

}  // namespace
}  // namespace spindrift
