// `producer reset`: a note in the journal of a server that is stopped.
#include "server/app/producer_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/unit/app/command_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class producer_reset : public testing::Test {
protected:
  ~producer_reset() override { std::filesystem::remove_all(folder_); }

  command_run reset(const std::string& name) const {
    return {run_producer_command, {"spindriftd", "producer", "reset", name, "--state-dir", folder_}};
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_producer_" + std::to_string(::getpid()));
};

TEST(producer_command, is_told_from_others_by_its_first_word) {
  const char* const words[] = {"spindriftd", "producer"};
  EXPECT_TRUE(is_producer_command(2, words));
  EXPECT_FALSE(is_producer_command(1, words));
}

TEST(producer_command, knows_one_verb) {
  const command_run said(run_producer_command, {"spindriftd", "producer", "forget", "a"});
  EXPECT_EQ(said.code, 2);
  EXPECT_THAT(said.err, HasSubstr("the command is `producer reset NAME`"));
  const command_run asked(run_producer_command, {"spindriftd", "producer", "--help"});
  EXPECT_EQ(asked.code, 0);
  EXPECT_THAT(asked.out, HasSubstr("--identity"));
}

TEST_F(producer_reset, is_written_into_the_directory_that_no_server_holds) {
  const command_run said = reset("pump-7");
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out, "reset in the state directory\n");
  EXPECT_FALSE(std::filesystem::is_empty(folder_));
  EXPECT_EQ(reset("pump-7").code, 0) << "forgetting nobody does no harm";
}

TEST_F(producer_reset, refuses_what_is_no_name_of_a_producer) {
  for (const std::string& name : {std::string(), std::string("a b"), std::string(500, 'a')}) {
    const command_run said = reset(name);
    EXPECT_EQ(said.code, 78);
    EXPECT_THAT(said.err, HasSubstr("NAME: '" + name + "' is not allowed: "));
  }
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(producer_reset, does_not_speak_tls_to_a_server_that_keeps_nothing) {
  const command_run said(run_producer_command, {"spindriftd", "producer", "reset", "a", "--state-dir", "off",
                                                "--tls-cert", "c.pem", "--tls-key", "k.pem"});
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.err, HasSubstr("the server runs and speaks TLS"));
}

}  // namespace
}  // namespace spindrift
