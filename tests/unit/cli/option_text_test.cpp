// What an option_set says about itself: notes on defaults, where values come from, lines of the help page.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cli/options.hpp"

namespace spindrift {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class described_options : public testing::Test {
protected:
  option_set set_{"spindrift-sim", "makes points"};
  std::string text_;
  std::vector<std::string> texts_;
  bool switch_ = false;
};

TEST_F(described_options, say_their_default_once) {
  text_ = "five";
  set_.add_text("--a", "X", "some text", text_);
  set_.add_text("--b", "X", "some text; the default is another's", text_);
  set_.add_texts("--c", "X", "some texts", texts_);
  set_.add_switch("--d", "some switch", switch_);
  const std::string page = set_.help_text();
  EXPECT_THAT(page, HasSubstr("some text (default five)\n"));
  EXPECT_THAT(page, HasSubstr("the default is another's\n"));
  EXPECT_THAT(page, HasSubstr("some texts (repeatable; default none)\n"));
  EXPECT_THAT(page, HasSubstr("some switch\n"));
}

TEST_F(described_options, have_the_default_of_when_they_were_added) {
  text_ = "before";
  set_.add_text("--a", "X", "some text", text_);
  text_ = "behind";
  EXPECT_THAT(set_.help_text(), HasSubstr("(default before)"));
  EXPECT_EQ(set_.print_config(), "a = \"behind\"\n");
}

TEST_F(described_options, stand_beside_their_help_where_there_is_a_gap_and_above_it_elsewhere) {
  const std::string fits = "--" + std::string(22, 'a');
  set_.add_text(fits, "PLACE", "beside", text_);
  const std::string exceeds = "--" + std::string(22, 'b');
  set_.add_text(exceeds, "PLACES", "below", text_);
  const std::string page = set_.help_text();
  EXPECT_THAT(page, HasSubstr("  " + fits + " PLACE  beside"));
  EXPECT_THAT(page, HasSubstr("  " + exceeds + " PLACES\n" + std::string(34, ' ') + "below"));
}

TEST_F(described_options, are_wrapped_by_columns_and_not_by_bytes) {
  std::string wide;
  for (int i = 0; i < 33; ++i) wide += "\xc3\xbc";
  set_.add_text("--a", "X", wide + " " + wide.substr(2), text_);
  EXPECT_THAT(set_.help_text(), HasSubstr(wide + " " + wide.substr(2) + "\n")) << "66 columns of 130 bytes";
  set_.add_text("--b", "X", wide + " " + wide + "i", text_);
  EXPECT_THAT(set_.help_text(), HasSubstr(wide + "\n" + std::string(34, ' ') + wide + "i"));
}

TEST_F(described_options, say_in_the_printed_configuration_where_a_value_came_from) {
  bool leaves = false;
  set_.add_text("--a", "X", "some text", text_);
  set_.add_switch("--d", "some switch", switch_);
  set_.add_action("--print-config", "print and leave", leaves);
  const char* const words[] = {"spindrift-sim", "--a", "x"};
  ASSERT_TRUE(set_.parse(3, words).proceeds);
  EXPECT_EQ(set_.print_config(option_set::origins::shown), "# flag --a\na = \"x\"\n# default\nd = false\n");
  EXPECT_EQ(set_.origin_of("a"), "flag --a");
  EXPECT_EQ(set_.origin_of("nothing"), "default");
}

}  // namespace
}  // namespace spindrift
