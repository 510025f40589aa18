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

// The same with the events that the history has in the end.
std::vector<json> told(const std::vector<std::string>& arguments, const std::string& text) {
  const auto replies = judged(arguments, text + R"({"op":"history","limit":1000})" + "\n");
  return replies.back().at("events").get<std::vector<json>>();
}

TEST(log, the_file_has_one_line_for_each_event) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  const auto events = told({"--log-file", file}, points({.stream = "cpu", .count = 2'000}));
  const auto lines = split_lines(read_file(file));
  const auto count = std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find(" event stream=cpu ") != std::string::npos;
  });
  EXPECT_GE(events.size(), 3U);
  EXPECT_EQ(static_cast<std::size_t>(count), events.size());
  EXPECT_THAT(read_file(file), testing::Not(HasSubstr(" anomaly ")));
}

TEST(log, single_points_are_logged_at_debug) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  daemon_process daemon = start_daemon({"--log-level", "debug", "--log-file", file});
  {
    tcp_client client = daemon.connect();
    client.exchange(points({.stream = "cpu", .count = 500}), 500);
  }
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(), 0);
  EXPECT_THAT(daemon.process().errors(), HasSubstr(" anomaly stream=cpu "));
  EXPECT_THAT(read_file(file), HasSubstr(" debug anomaly stream=cpu "));
}

TEST(log, json_lines_say_what_the_event_says) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.json");
  const auto events = told({"--log-file", file, "--log-format", "json", "--log-level", "off"},
                           points({.stream = "cpu", .count = 2'000}));
  std::size_t logged = 0;
  for (const std::string& text : split_lines(read_file(file))) {
    const json line = parsed(text);
    if (line.at("event") != "event") continue;
    const json& event = events.at(line.at("number").get<std::size_t>() - 1);
    ++logged;
    if (event.at("state") != "open") continue;  // the history has what it was in the end
    for (const char* key : {"stream", "kind", "severity", "from", "points", "text"})
      EXPECT_EQ(line.at(key), event.at(key));
    EXPECT_FALSE(line.contains("feature")) << "the stream has but one";
  }
  EXPECT_EQ(logged, events.size());
}

TEST(log, an_event_of_several_values_is_told_with_the_one_that_is_strange) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.json");
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += R"({"stream":"m","values":{"a":)" + std::to_string(i % 4) +
            ",\"b\":" + std::to_string(i == 250 ? 900 : 10 + i % 3) + "}}\n";
  }
  const auto events = told({"--log-file", file, "--log-format", "json"}, text);
  ASSERT_FALSE(events.empty());
  const auto lines = split_lines(read_file(file));
  ASSERT_FALSE(lines.empty());
  const json line = parsed(lines.front());
  EXPECT_EQ(line.at("feature"), "b");
  EXPECT_EQ(line.at("value"), 900);
}

TEST(log, a_flood_of_events_does_not_flood_the_file_and_is_counted) {
  const scratch_folder folder;
  const std::string file = folder.file("findings.log");
  constexpr int streams = 2'500;
  std::string text;
  for (int i = 0; i < 130; ++i) {
    for (int k = 0; k < streams; ++k) text += point("x" + std::to_string(k), i == 120 ? 900 : i % 3);
  }
  told({"--log-file", file, "--detectors", "zscore", "--log-level", "warning"}, text);
  const auto lines = split_lines(read_file(file));
  EXPECT_GE(lines.size(), 1'000U);
  EXPECT_LT(lines.size(), std::size_t{streams});
  EXPECT_THAT(read_file(file), HasSubstr("left_out"));
}

TEST(log, a_file_that_cannot_be_opened_ends_the_daemon) {
  const child_result result =
      run_to_end(support::daemon_command(program("spindriftd"), {"--log-file", "/nowhere/at/all/findings.log"}));
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.errors, HasSubstr("--log-file: log file /nowhere/at/all/findings.log: No such file"));
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
