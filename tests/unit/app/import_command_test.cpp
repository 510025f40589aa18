// History from a file: what is refused before anything is learned, and what is learned into a state directory.
#include "server/app/import_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/app/command_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class imported_file : public testing::Test {
protected:
  ~imported_file() override { std::filesystem::remove_all(folder_); }

  command_run import(const std::string& rows, const std::vector<std::string>& flags = {"--stream", "pump"}) {
    std::filesystem::create_directories(folder_);
    std::ofstream(folder_ / "past.csv") << rows;
    std::vector<std::string> words = {"spindriftd", "import", folder_ / "past.csv", "--state-dir", folder_ / "state"};
    words.insert(words.end(), flags.begin(), flags.end());
    return {run_import_command, words};
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_import_" + std::to_string(::getpid()));
};

TEST_F(imported_file, is_learned_into_the_state_directory) {
  const command_run said = import("ts,value\n1795286073000,1\n1795286074000,2\n");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("the stream pump has learned from 2 points\n"));
}

TEST_F(imported_file, goes_before_the_rest_and_rows_that_come_late_are_counted) {
  ASSERT_EQ(import("ts,value\n1795286073000,1\n1795286074000,2\n").code, 0);
  const command_run again = import("ts,value\n1795286073000,1\n1795286075000,2\n");
  EXPECT_THAT(again.out, HasSubstr("has learned from 1 points; 1 were left out"));
}

TEST_F(imported_file, with_one_bad_row_teaches_nothing) {
  const command_run said = import("ts,value\n1795286073000,1\n1795286074000,two\n");
  EXPECT_EQ(said.code, 78);
  EXPECT_THAT(said.err, testing::AllOf(HasSubstr("past.csv:3: "), HasSubstr("--skip-bad leaves such rows out")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state")) << "the file is read before the directory is touched";
}

TEST_F(imported_file, may_have_bad_rows_left_out) {
  const command_run said = import("ts,value\n1795286073000,1\n1795286074000,two\n", {"--stream", "a", "--skip-bad"});
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_THAT(said.out, HasSubstr("learned from 1 points; 1 rows could not be read\n"));
}

TEST_F(imported_file, without_a_value_is_said_to_be_empty) {
  EXPECT_THAT(import("").err, HasSubstr("there is no row with a value in it"));
}

TEST_F(imported_file, needs_a_stream_that_has_a_name) {
  const command_run nameless = import("1\n", {});
  EXPECT_EQ(nameless.code, 2);
  EXPECT_THAT(nameless.err, HasSubstr("--stream: is missing"));
  EXPECT_THAT(import("1\n", {"--stream", std::string(300, 'a')}).err, HasSubstr("is no name of a stream"));
  const command_run fileless(run_import_command, {"spindriftd", "import", "--stream", "a", "--state-dir", "off"});
  EXPECT_EQ(fileless.code, 2);
  EXPECT_THAT(fileless.err, HasSubstr("FILE.csv: is missing"));
}

}  // namespace
}  // namespace spindrift
