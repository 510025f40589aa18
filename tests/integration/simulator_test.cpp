// spindrift-sim against the daemon: everything it sends is answered, and its report says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <memory>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

std::vector<std::string> sim_command(const std::string& address, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {program("spindrift-sim"), "--server", address, "--report", "json", "--quiet"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

json simulate(const daemon_process& daemon, const std::vector<std::string>& arguments) {
  const child_result result = run_to_end(sim_command(daemon.address(), arguments));
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  return parsed(result.output);
}

TEST(simulator, gets_a_verdict_for_every_point_and_reports_all_that_was_agreed) {
  const daemon_process daemon = start_daemon();
  const json report = simulate(daemon, {"--scenario", "iot", "--count", "2000", "--rate", "0"});
  EXPECT_EQ(report.at("points"), 2'000);
  EXPECT_EQ(report.at("verdicts"), 2'000);
  for (const char* none : {"errors", "lost", "resent", "duplicates"}) EXPECT_EQ(report.at(none), 0) << none;
  for (const char* key : {"precision", "recall", "f1", "true_positives", "false_positives", "false_negatives", "drifts",
                          "drift_delay_median", "alarms", "seconds", "throughput"}) {
    EXPECT_TRUE(report.contains(key)) << key;
  }
  for (const char* key : {"p50", "p99", "p999", "max"}) EXPECT_GT(report.at("latency_us").at(key), 0) << key;
  EXPECT_GE(report.at("f1"), 0.99);
  EXPECT_EQ(stats(daemon).at("points"), 2'000);
}

TEST(simulator, asks_for_fewer_replies_and_judges_by_those_that_come) {
  const daemon_process daemon = start_daemon();
  const std::vector<std::string> run = {"--scenario", "iot", "--count", "2000", "--rate", "0", "--replies"};
  std::vector<std::string> marked = run;
  marked.insert(marked.end(), {"marked", "--stream", "a"});
  const json some = simulate(daemon, marked);
  EXPECT_EQ(some.at("points"), 2'000);
  EXPECT_EQ(some.at("verdicts").get<int>() + some.at("acknowledged").get<int>(), 2'000);
  EXPECT_LT(some.at("verdicts"), 1'000);
  EXPECT_GE(some.at("f1"), 0.99);
  EXPECT_EQ(some.at("lost"), 0);
  std::vector<std::string> errors = run;
  errors.insert(errors.end(), {"errors", "--stream", "b"});
  const json none = simulate(daemon, errors);
  EXPECT_EQ(none.at("acknowledged"), 2'000);
  EXPECT_TRUE(none.at("f1").is_null());
  EXPECT_GT(none.at("latency_us").at("p50"), 0);
}

TEST(simulator, shows_a_report_for_people_too) {
  const daemon_process daemon = start_daemon();
  const child_result result = run_to_end({program("spindrift-sim"), "--server", daemon.address(), "--scenario", "sine",
                                          "--count", "500", "--rate", "0", "--quiet"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  EXPECT_THAT(result.output, HasSubstr("500 verdicts"));
  EXPECT_THAT(result.output, HasSubstr("precision"));
}

class scenarios : public testing::TestWithParam<const char*> {};

TEST_P(scenarios, run_to_their_end) {
  const daemon_process daemon = start_daemon();
  const json report =
      simulate(daemon, {"--scenario", GetParam(), "--count", "1500", "--rate", "0", "--drift-at", "700"});
  EXPECT_EQ(report.at("verdicts"), 1'500);
  EXPECT_EQ(report.at("drifts_injected"), 1);
}

INSTANTIATE_TEST_SUITE_P(simulator, scenarios, testing::Values("sine", "bimodal", "daily", "iot", "random"));

TEST(simulator, deals_its_points_to_streams_over_several_connections) {
  const daemon_process daemon = start_daemon({"--threads", "2"});
  const json report = simulate(daemon, {"--count", "3000", "--rate", "0", "--streams", "6", "--connections", "3",
                                        "--pipeline", "16", "--stream", "load"});
  EXPECT_EQ(report.at("verdicts"), 3'000);
  EXPECT_EQ(report.at("connections"), 3);
  tcp_client asking = daemon.connect();
  const json streams = ask(asking, R"({"op":"streams","match":"load-*"})").at("streams");
  ASSERT_EQ(streams.size(), 6U);
  for (const json& each : streams) EXPECT_EQ(each.at("n"), 500);
}

TEST(simulator, paces_its_points) {
  const daemon_process daemon = start_daemon();
  const json report = simulate(daemon, {"--count", "100", "--rate", "200"});
  EXPECT_EQ(report.at("verdicts"), 100);
  EXPECT_GE(report.at("seconds"), 0.4) << "99 intervals of 5 ms lie between them";
}

TEST(simulator, replays_a_file_and_judges_by_its_labels) {
  const scratch_folder folder;
  std::string text = "time,load,truth\n";
  for (int i = 0; i < 300; ++i) {
    const bool is_strange = i == 200 || i == 250;
    text += std::to_string(1'764'000'000'000 + i * 1'000) + "," + std::to_string(is_strange ? 500 : 10 + i % 5) + "," +
            (is_strange ? "1" : "0") + "\n";
  }
  const std::string file = folder.write("load.csv", text);
  const daemon_process daemon = start_daemon();
  const json report = simulate(daemon, {"--replay", file, "--value-column", "load", "--time-column", "time",
                                        "--label-column", "truth", "--rate", "0"});
  EXPECT_EQ(report.at("verdicts"), 300);
  EXPECT_EQ(report.at("true_positives"), 2);
  EXPECT_EQ(report.at("false_negatives"), 0);
}

TEST(simulator, tells_of_points_that_were_refused_by_its_exit_code) {
  const daemon_process daemon = start_daemon({"--max-streams", "1"});
  const child_result result =
      run_to_end(sim_command(daemon.address(), {"--count", "20", "--rate", "0", "--streams", "2"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(parsed(result.output).at("errors"), 10);
}

TEST(simulator, fills_the_feed_of_a_subscriber_with_the_truth) {
  const daemon_process daemon = start_daemon();
  tcp_client subscriber = daemon.connect();
  ask(subscriber, R"({"op":"subscribe"})");
  simulate(daemon, {"--scenario", "iot", "--count", "500", "--rate", "0"});
  std::size_t labelled = 0;
  for (const std::string& line : subscriber.read_lines(500)) labelled += parsed(line).value("label", false) ? 1U : 0U;
  EXPECT_GT(labelled, 5U);
}

// Goal: a server that dies and comes back loses no answered point and no unanswered one.
// Method: killed twice in the middle of a run and started again on the same port and the same state.
class replies : public testing::TestWithParam<const char*> {};

TEST_P(replies, resumes_where_a_killed_server_left_off) {
  const std::string server = program("spindriftd");
  if (!support::knows_flag(server, "--state-dir")) GTEST_SKIP() << "the daemon keeps no state";
  const scratch_folder folder;
  const std::vector<std::string> state = {"--state-dir", folder.file("state")};
  constexpr std::uint64_t count = 60'000;
  auto daemon = std::make_unique<daemon_process>(server, state);
  std::vector<std::string> again = state;
  again.insert(again.end(), {"--listen", daemon->address()});
  child_process sim(sim_command(daemon->address(), {"--count", std::to_string(count), "--rate", "0", "--streams", "4",
                                                    "--connections", "2", "--seed", "3", "--replies", GetParam()}));
  for (const std::uint64_t share : {count / 6, count / 2}) {
    EXPECT_TRUE(eventually([&] {
      tcp_client asking = daemon->connect();
      std::uint64_t points = 0;
      const json reply = ask(asking, R"({"op":"streams"})");
      for (const json& each : reply.at("streams")) points += each.at("n").get<std::uint64_t>();
      return points > share;
    }));
    daemon->process().send_signal(SIGKILL);
    daemon->process().wait_exit();
    daemon = std::make_unique<daemon_process>(server, again);
  }
  ASSERT_EQ(sim.wait_exit(), 0) << sim.errors();
  const json report = parsed(sim.output());
  EXPECT_EQ(report.at("lost"), 0);
  EXPECT_EQ(report.at("verdicts").get<std::uint64_t>() + report.at("acknowledged").get<std::uint64_t>(), count);
  EXPECT_GE(report.at("reconnects"), 2);
  tcp_client asking = daemon->connect();
  const json reply = ask(asking, R"({"op":"streams"})");
  ASSERT_EQ(reply.at("streams").size(), 4U);
  for (const json& each : reply.at("streams")) EXPECT_EQ(each.at("n"), count / 4) << "each point exactly once";
}

INSTANTIATE_TEST_SUITE_P(simulator, replies, testing::Values("all", "marked"));

TEST(simulator, says_by_its_exit_code_that_a_report_is_lost) {
  const daemon_process daemon = start_daemon();
  std::string command;
  for (const std::string& each : sim_command(daemon.address(), {"--count", "5", "--rate", "0"})) command += each + ' ';
  EXPECT_EQ(run_to_end({"/bin/sh", "-c", command + ">/dev/full"}).exit_code, 1);
}

}  // namespace
}  // namespace spindrift
