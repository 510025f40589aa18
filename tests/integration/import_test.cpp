// A stream learns from a file of its past before it is watched.
#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

// Seconds of a wave, with a step that lasts to the end.
std::string past(const std::string& header, int rows) {
  std::string text = header + "\n";
  for (int i = 0; i < rows; ++i) {
    const int value = (i > rows - 30 ? 400 : 20) + i % 7;
    text += std::to_string(1'764'000'000 + i) + "," + std::to_string(value) + "\n";
  }
  return text;
}

class import_test : public testing::Test {
protected:
  child_result import(const std::string& file, std::vector<std::string> more, const std::string& stream = "pump.7") {
    more.insert(more.begin(), {program("spindriftd"), "import", "--stream", stream, file});
    return run_to_end(more);
  }
  // What the present begins with, a year later: a point that is as ever in the last minute, and one that is not.
  static void expect_learned(const daemon_process& of) {
    tcp_client client = of.connect();
    const json first = ask(client, point("pump.7", 403, ",\"ts\":1795536000000"));
    EXPECT_EQ(first.at("n"), 501) << first;
    EXPECT_FALSE(first.contains("warmup") || first.contains("event")) << first;
    ask(client, R"({"op":"subscribe","only":"events"})");
    const json events = ask(client, R"({"op":"history"})");
    EXPECT_TRUE(events.at("events").empty()) << events;
  }

  scratch_folder folder_;
};

TEST_F(import_test, learns_in_the_state_directory_and_the_server_goes_on_from_there) {
  const std::vector<std::string> place{"--state-dir", folder_.file("state")};
  const child_result done = import(folder_.write("past.csv", past("time,value", 500)), place);
  EXPECT_EQ(done.exit_code, 0) << done.errors;
  EXPECT_NE(done.output.find("500 points"), std::string::npos) << done.output;
  const daemon_process daemon = start_daemon(place);
  expect_learned(daemon);
}

TEST_F(import_test, learns_over_the_wire_and_it_survives_a_kill) {
  const std::string csv = folder_.write("past.csv", past("when,flow", 500));
  const std::vector<std::string> place{"--state-dir", folder_.file("state")};
  {
    daemon_process daemon = start_daemon(place);
    tcp_client watcher = daemon.connect();
    ask(watcher, R"({"op":"subscribe","streams":["pump.7"],"updates":true})");
    const child_result done = import(csv, {"--state-dir", folder_.file("state"), "--listen", daemon.address(),
                                           "--value-column", "flow", "--time-column", "when"});
    EXPECT_EQ(done.exit_code, 0) << done.errors;
    EXPECT_EQ(ask(watcher, R"({"op":"ping"})").at("type"), "pong") << "nothing was told";
    daemon.process().send_signal(SIGKILL);
    EXPECT_TRUE(daemon.process().wait_exit().has_value());
  }
  const daemon_process again = start_daemon(place);
  expect_learned(again);
}

TEST_F(import_test, says_what_is_wrong_and_learns_nothing) {
  const std::vector<std::string> place{"--state-dir", folder_.file("state")};
  const std::string broken = folder_.write("broken.csv", past("time,value", 20) + "1764000100,much\n");
  const child_result refused = import(broken, place);
  EXPECT_EQ(refused.exit_code, 78);
  EXPECT_NE(refused.errors.find("broken.csv:22"), std::string::npos) << refused.errors;
  EXPECT_EQ(import(broken, {"--state-dir", folder_.file("state"), "--skip-bad"}).exit_code, 0);
  EXPECT_EQ(import(broken, place, "no*name").exit_code, 2);
  EXPECT_NE(import(folder_.file("nothing.csv"), place).exit_code, 0);
}

}  // namespace
}  // namespace spindrift
