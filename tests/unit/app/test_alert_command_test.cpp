// `test-alert`: a made-up event, sent as the daemon would send it; here to a program.
#include "server/app/test_alert_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/unit/app/command_run.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class alert_under_test : public testing::Test {
protected:
  alert_under_test() { std::filesystem::create_directories(folder_); }
  ~alert_under_test() override { std::filesystem::remove_all(folder_); }

  command_run send(const std::string& name, const std::string& program) const {
    std::ofstream(folder_ / "a.toml") << "[[alert]]\nname = \"oncall\"\nexec = [\"/bin/sh\", \"-c\", \"" << program
                                      << "\"]\n";
    return {run_test_alert_command, {"spindriftd", "test-alert", name, "--config", folder_ / "a.toml"}};
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_test_alert_" + std::to_string(::getpid()));
};

TEST_F(alert_under_test, that_takes_the_event_is_said_to_have_acknowledged_it) {
  const std::string got = folder_ / "got";
  const command_run said = send("oncall", "cat > " + got);
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(said.out, "the alert oncall was sent and acknowledged\n");
  std::ostringstream text;
  text << std::ifstream(got).rdbuf();
  EXPECT_THAT(text.str(), testing::AllOf(HasSubstr("spindrift.test"), HasSubstr("nothing has happened")));
}

TEST_F(alert_under_test, that_does_not_take_it_ends_with_the_reason) {
  const command_run said = send("oncall", "exit 3");
  EXPECT_EQ(said.code, 1);
  EXPECT_EQ(said.out, "");
  EXPECT_THAT(said.err, testing::AllOf(HasSubstr("oncall: "), HasSubstr("3")));
}

TEST_F(alert_under_test, must_be_one_that_there_is) {
  const command_run near = send("oncal", "true");
  EXPECT_EQ(near.code, 2);
  EXPECT_THAT(near.err, testing::AllOf(HasSubstr("there is no alert 'oncal'"), HasSubstr("did you mean")));
  EXPECT_THAT(send("", "true").err, HasSubstr("NAME: is missing; which alert?"));
  const command_run none(run_test_alert_command, {"spindriftd", "test-alert", "oncall"});
  EXPECT_EQ(none.code, 2);
  EXPECT_THAT(none.err, HasSubstr("there is no alert: give --config FILE"));
}

}  // namespace
}  // namespace spindrift
