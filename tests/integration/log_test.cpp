// The log of findings, as an operator reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

// Runs a daemon over the points and returns its verdicts; the log is complete, since the daemon has ended.
std::vector<json> judged(const std::vector<std::string>& arguments, const std::string& text) {
  daemon_process daemon = start_daemon(arguments);
  std::vector<json> verdicts;
  {
    tcp_client client = daemon.connect();
    client.send(text);
    client.finish_sending();
    for (const std::string& line : client.read_to_end()) verdicts.push_back(parsed(line));
  }
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(), 0);
  return verdicts;
}

std::vector<std::uint64_t> numbers_of(const std::vector<json>& verdicts, const char* field) {
  std::vector<std::uint64_t> numbers;
  for (const json& each : verdicts) {
    if (each.at(field) == true) numbers.push_back(each.at("n"));
  }
  return numbers;
}

TEST(log, the_file_has_one_line_for_each_finding) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  const auto verdicts = judged({"--log-file", file}, points({.stream = "cpu", .count = 2'000}));
  const auto lines = split_lines(read_file(file));
  const auto lines_of = [&lines](const std::string& event) {
    return std::count_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.find(" " + event + " stream=cpu ") != std::string::npos;
    });
  };
  const auto anomalies = numbers_of(verdicts, "anomaly");
  EXPECT_GT(anomalies.size(), 10U);
  EXPECT_EQ(static_cast<std::size_t>(lines_of("anomaly")), anomalies.size());
  EXPECT_EQ(static_cast<std::size_t>(lines_of("drift")), numbers_of(verdicts, "drift").size());
  EXPECT_EQ(static_cast<std::size_t>(lines_of("alarm")), numbers_of(verdicts, "alarm").size());
}

TEST(log, json_lines_say_what_the_verdict_says) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.json");
  const auto verdicts = judged({"--log-file", file, "--log-format", "json", "--log-level", "off"},
                               points({.stream = "cpu", .count = 2'000}));
  std::vector<std::uint64_t> logged;
  for (const std::string& text : split_lines(read_file(file))) {
    const json line = parsed(text);
    if (line.at("event") != "anomaly") continue;
    const json& verdict = verdicts.at(line.at("n").get<std::size_t>() - 1);
    for (const char* key : {"stream", "ts", "value", "expected", "z"}) EXPECT_EQ(line.at(key), verdict.at(key)) << key;
    EXPECT_FALSE(line.contains("feature")) << "the stream has but one";
    logged.push_back(line.at("n"));
  }
  EXPECT_EQ(logged, numbers_of(verdicts, "anomaly"));
}

TEST(log, an_anomaly_of_several_values_is_told_with_the_one_that_is_strange) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.json");
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += R"({"stream":"m","values":{"a":1,"b":)" + std::to_string(i == 59 ? 900 : 10 + i % 3) + "}}\n";
  }
  const auto verdicts = judged({"--log-file", file, "--log-format", "json"}, text);
  ASSERT_EQ(verdicts.back().at("anomaly"), true);
  const auto lines = split_lines(read_file(file));
  ASSERT_FALSE(lines.empty());
  const json line = parsed(lines.front());
  EXPECT_EQ(line.at("feature"), "b");
  EXPECT_EQ(line.at("value"), 900);
}

TEST(log, a_drift_and_an_alarm_of_several_values_are_told_with_the_one_that_is_strange) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.json");
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += R"({"stream":"m","values":{"a":)" + std::to_string(i % 4) +
            ",\"b\":" + std::to_string((i < 200 ? 10 : 60) + i % 3) + "}}\n";
  }
  const auto verdicts = judged({"--log-file", file, "--log-format", "json", "--zscore-method", "classic"}, text);
  std::size_t others = 0;
  for (const std::string& each : split_lines(read_file(file))) {
    const json line = parsed(each);
    EXPECT_EQ(line.at("feature"), verdicts.at(line.at("n").get<std::size_t>() - 1).at("feature"));
    others += line.at("event") != "anomaly" ? 1U : 0U;
  }
  EXPECT_GT(others, 0U);
}

TEST(log, a_flood_of_anomalies_does_not_flood_the_file_and_is_counted) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  constexpr int streams = 2'500;
  std::string text;
  for (int i = 0; i < 16; ++i) {
    for (int k = 0; k < streams; ++k) text += point("x" + std::to_string(k), i == 15 ? 900 : i % 3);
  }
  const auto verdicts = judged({"--log-file", file, "--detectors", "zscore", "--log-level", "warning"}, text);
  const std::size_t anomalies = numbers_of(verdicts, "anomaly").size();
  ASSERT_EQ(anomalies, std::size_t{streams});
  const auto lines = split_lines(read_file(file));
  EXPECT_GE(lines.size(), 1'000U);
  EXPECT_LT(lines.size(), anomalies);
  EXPECT_THAT(read_file(file), HasSubstr("left_out"));
}

TEST(log, a_file_that_cannot_be_opened_ends_the_daemon) {
  const child_result result =
      run_to_end(support::daemon_command(program("spindriftd"), {"--log-file", "/nowhere/at/all/findings.log"}));
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.errors, HasSubstr("/nowhere/at/all/findings.log"));
}

// As logrotate does it: the file is moved away, then SIGHUP.
TEST(log, is_opened_anew_at_sighup) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  daemon_process daemon = start_daemon({"--log-file", file});
  tcp_client client = daemon.connect();
  client.exchange(points({.stream = "before", .count = 500}), 500);
  std::filesystem::rename(file, file + ".1");
  daemon.process().send_signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(file); }));
  client.exchange(points({.stream = "after", .count = 500}), 500);
  client.close();
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(), 0);
  EXPECT_THAT(read_file(file + ".1"), HasSubstr("stream=before"));
  EXPECT_THAT(read_file(file), HasSubstr("stream=after"));
  EXPECT_THAT(read_file(file), testing::Not(HasSubstr("stream=before")));
}

}  // namespace
}  // namespace spindrift
