// The manual page of a program, as roff takes it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/cli/options.hpp"

namespace spindrift {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(man_page, has_no_text_that_roff_would_take_for_a_request) {
  std::string text = "a\\b";
  option_set set("spindrift-sim", "makes points");
  set.add_text("--word", "TEXT", ".begins with a point and holds \\ and a-b", text);
  const std::string page = set.man_page();
  EXPECT_THAT(page, HasSubstr(".TH SPINDRIFT-SIM 1 "));
  EXPECT_THAT(page, HasSubstr("spindrift\\-sim \\- makes points\n"));
  EXPECT_THAT(
      page,
      HasSubstr(".TP\n.B \\-\\-word \\fITEXT\\fR\n\\&.begins with a point and holds \\e and a\\-b (default a\\eb)\n"));
}

TEST(man_page, has_the_argument_where_there_is_one) {
  std::string text;
  option_set set("spindrift-detect", "judges");
  EXPECT_THAT(set.man_page(), Not(HasSubstr("FILE")));
  set.add_positional("FILE", "what is judged", text);
  EXPECT_THAT(set.man_page(), HasSubstr("[OPTION...] [\\fIFILE\\fR]\n"));
  EXPECT_THAT(set.man_page(), HasSubstr(".B FILE\nwhat is judged\n"));
}

TEST(man_page, names_every_exit_code_and_where_settings_come_from) {
  option_set set("spindrift-detect", "judges");
  const std::string page = set.man_page();
  for (const exit_code_text& code : exit_code_texts) {
    EXPECT_EQ(page.find("\n.B " + std::to_string(code.code) + "\n") != std::string::npos, code.only_of[0].empty())
        << page;
  }
  for (const char* const long_lived : {"spindriftd", "spindrift-worker"}) {
    EXPECT_THAT(option_set(long_lived, "judges").man_page(), HasSubstr("\n.B 71\n")) << long_lived;
  }
  EXPECT_THAT(option_set("spindrift-worker", "judges").man_page(), HasSubstr("\n.B 75\n"));
  EXPECT_THAT(option_set("spindrift-worker", "judges").help_text(), HasSubstr("  75  no broker"));
  EXPECT_THAT(page, HasSubstr("A flag comes first, then the environment, then the default."));
  set.accept_config_file();
  EXPECT_THAT(set.man_page(), HasSubstr("then the configuration file"));
}

TEST(man_page, has_the_commands_of_its_program_and_no_others) {
  const std::string page = option_set("spindrift-viz", "shows").man_page();
  EXPECT_THAT(page, HasSubstr(".SH COMMANDS\n"));
  EXPECT_THAT(page, HasSubstr("spindrift\\-viz mark STREAM EVENT expected|real"));
  EXPECT_THAT(page, Not(HasSubstr("producer reset")));
  EXPECT_THAT(option_set("spindrift-sim", "makes").man_page(), Not(HasSubstr("COMMANDS")));
}

}  // namespace
}  // namespace spindrift
