// spindrift-detect reads the server's file, and tells what other settings would have told of a recording.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

constexpr const char* only_up =
    "listen = [\"127.0.0.1:0\"]\nstate-dir = \"off\"\n"
    "[[stream]]\nmatch = \"db.*\"\ndirection = \"up\"\ntitle = \"Latency of {1}\"\nunit = \"ms\"\n";

// A level with a spike down and, later, one up, of two streams.
std::string recording() {
  std::string all;
  for (std::int64_t i = 0; i < 600; ++i) {
    const std::string at = ",\"ts\":" + std::to_string(1'790'000'000'000 + i * 1'000);
    const double noise = static_cast<double>(i * i * 31 % 101) * 0.01;
    const double leap = i == 300 ? -80 : i == 450 ? 80 : 0;
    all += point("db.x", 100 + noise + leap, at) + "\n" + point("web", 100 + noise + leap, at) + "\n";
  }
  return all;
}

class rehearsal : public testing::Test {
protected:
  child_result detect(const std::vector<std::string>& arguments, const std::string& input = "") {
    std::vector<std::string> command = {program("spindrift-detect")};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_to_end(command, {.input = input});
  }
  json report(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--format", "summary"});
    const child_result result = detect(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json::parse(result.output);
  }
  scratch_folder folder_;
  std::string points_ = folder_.write("points.jsonl", recording());
  std::string only_up_ = folder_.write("up.toml", only_up);
};

TEST_F(rehearsal, the_servers_file_holds_for_a_file_of_points_too) {
  const child_result result = detect({"--config", only_up_, points_, "--format", "events"});
  EXPECT_EQ(result.exit_code, 0) << result.errors;
  int down = 0;
  for (const std::string& line : split_lines(result.output)) {
    const json told = parsed(line);
    const bool is_down = told.value("direction", "") == "down";
    down += is_down ? 1 : 0;
    EXPECT_EQ(told.at("text").get<std::string>().starts_with("Latency of x: spike up to 18"),
              !is_down && told.at("stream") == "db.x")
        << line;
  }
  EXPECT_EQ(down, 1) << "of web alone: " << result.output;
}

TEST_F(rehearsal, flags_win_over_the_servers_file_and_mistakes_in_it_are_named) {
  const std::string deaf = folder_.write("deaf.toml", "threshold = 999999\n");
  const auto anomalies = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {points_, "--format", "summary"});
    return json::parse(detect(arguments).output).at("anomalies").get<int>();
  };
  EXPECT_EQ(anomalies({"--config", deaf}), 0);
  EXPECT_GE(anomalies({"--config", deaf, "--threshold", "5"}), 4);
  const child_result wrong =
      detect({"--config", folder_.write("wrong.toml", "[[stream]]\nmatch = \"a\"\ndirektion = \"up\"\n"), points_});
  EXPECT_EQ(wrong.exit_code, 78);
  EXPECT_THAT(wrong.errors, HasSubstr("direction"));
}

TEST_F(rehearsal, rows_of_a_table_are_of_the_stream_that_is_named) {
  const child_result result =
      detect({"--config", only_up_, "--stream-name", "db.y", "--format", "events", "--against", "-"}, "1\n2\n");
  EXPECT_EQ(result.exit_code, 78) << "--format events has no meaning here";
  const child_result named = detect({"--stream-name", "db.y"}, "1\n2\n");
  EXPECT_EQ(parsed(split_lines(named.output).front()).at("stream"), "db.y");
}

TEST_F(rehearsal, says_which_notices_would_be_gone) {
  const json made = report({"--config", only_up_, "--against", points_});
  ASSERT_EQ(made.at("gone").size(), 1U) << made;
  EXPECT_EQ(made.at("gone")[0].at("stream"), "db.x");
  EXPECT_EQ(made.at("gone")[0].at("direction"), "down");
  EXPECT_TRUE(made.at("new").empty()) << made;
  EXPECT_EQ(made.at("totals").at("same"), 3) << made;
  EXPECT_EQ(made.at("before"), "the defaults");
  const child_result words = detect({"--config", only_up_, "--against", points_});
  EXPECT_THAT(words.output, HasSubstr("gone: 1\n"));
  EXPECT_THAT(words.output, HasSubstr("spike down"));
}

TEST_F(rehearsal, says_which_notices_would_be_new_beside_another_file) {
  const std::string usual = folder_.write("usual.toml", "threshold = 5\n");
  const json made = report({"--config", usual, "--before", only_up_, "--against", points_});
  EXPECT_TRUE(made.at("gone").empty()) << made;
  ASSERT_EQ(made.at("new").size(), 1U) << made;
  EXPECT_EQ(made.at("new")[0].at("stream"), "db.x");
  EXPECT_EQ(made.at("by_day").size(), 1U);
}

TEST_F(rehearsal, compares_with_what_the_recording_says_was_told) {
  const std::string told = folder_.write("told.jsonl", detect({points_}).output);
  const json made = report({"--config", only_up_, "--against", told});
  EXPECT_EQ(made.at("before"), "what was told");
  EXPECT_EQ(made.at("points"), 1'200);
  ASSERT_EQ(made.at("gone").size(), 1U) << made;
  EXPECT_EQ(made.at("totals").at("same"), 3) << made;
}

TEST_F(rehearsal, tells_of_silence_by_the_clock_of_the_recording) {
  std::string lines;
  for (int i = 0; i < 400; ++i) {
    const std::string at = ",\"ts\":" + std::to_string(1'790'000'000'000 + i * 1'000);
    lines += point("steady", 5 + i % 3, at) + "\n";
    if (i < 200) lines += point("ends", 5 + i % 3, at) + "\n";
  }
  const std::string file = folder_.write("silence.jsonl", lines);
  const std::string patient = folder_.write("patient.toml", "silence = \"1h\"\n");
  const json made = report({"--config", patient, "--against", file});
  ASSERT_EQ(made.at("gone").size(), 1U) << made;
  EXPECT_EQ(made.at("gone")[0].at("kind"), "silent");
  EXPECT_EQ(made.at("gone")[0].at("stream"), "ends");
}

TEST_F(rehearsal, refuses_what_makes_no_sense_together) {
  EXPECT_EQ(detect({"--before", only_up_}).exit_code, 78);
  EXPECT_EQ(detect({points_, "--against", points_}).exit_code, 78);
  EXPECT_EQ(detect({"--against", points_, "--output", folder_.file("a.svg")}).exit_code, 78);
  EXPECT_NE(detect({"--against", "/nowhere/file"}).exit_code, 0);
  EXPECT_EQ(detect({"--against", folder_.write("empty.jsonl", "")}).exit_code, 78);
}

}  // namespace
}  // namespace spindrift
