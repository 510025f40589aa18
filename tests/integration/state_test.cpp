// What a daemon with a state directory still knows after it was stopped, or killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <memory>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

class state : public testing::TestWithParam<int> {
protected:
  void SetUp() override {
    if (!support::knows_flag(program("spindriftd"), "--state-dir")) GTEST_SKIP() << "the daemon keeps no state";
    restart();
  }

  // Ends the daemon, if one runs, with the signal of this test, and starts one on the same state.
  void restart() {
    if (daemon_) {
      daemon_->process().send_signal(GetParam());
      EXPECT_TRUE(daemon_->process().wait_exit().has_value());
    }
    daemon_ = std::make_unique<daemon_process>(program("spindriftd"),
                                               std::vector<std::string>{"--state-dir", folder_.file("state")});
  }

  scratch_folder folder_;
  std::unique_ptr<daemon_process> daemon_;
};

INSTANTIATE_TEST_SUITE_P(after, state, testing::Values(SIGTERM, SIGKILL), [](const auto& each) {
  return each.param == SIGTERM ? std::string("a_stop") : std::string("a_kill");
});

// Every answered point is applied once, whether its producer comes again with it or not.
TEST_P(state, holds_every_answered_point_exactly_once) {
  constexpr std::size_t count = 3'000;
  const std::string all = points({.count = count, .first_seq = 1});
  const auto lines = split_lines(all);
  std::vector<std::string> uninterrupted;
  {
    const daemon_process other = start_daemon();
    tcp_client client = other.connect();
    uninterrupted = client.exchange(all, count);
  }
  std::vector<std::string> resumed;
  while (resumed.size() < count) {
    tcp_client client = daemon_->connect();
    EXPECT_EQ(ask(client, R"({"op":"hello","producer":"p"})").at("last_seq"), resumed.size());
    std::string part;
    for (std::size_t i = resumed.size(); i < std::min(count, resumed.size() + 1'000); ++i) part += lines[i] + '\n';
    const auto verdicts = client.exchange(part, std::min<std::size_t>(count - resumed.size(), 1'000));
    ASSERT_FALSE(verdicts.empty());
    resumed.insert(resumed.end(), verdicts.begin(), verdicts.end());
    client.close();
    restart();
  }
  EXPECT_EQ(resumed, uninterrupted) << "detection went on as if nothing had happened";
}

TEST_P(state, answers_the_last_verdicts_again) {
  std::vector<std::string> first;
  {
    tcp_client client = daemon_->connect();
    ask(client, R"({"op":"hello","producer":"p"})");
    first = client.exchange(points({.count = 200, .first_seq = 1}), 200);
  }
  restart();
  tcp_client client = daemon_->connect();
  EXPECT_EQ(ask(client, R"({"op":"hello","producer":"p"})").at("last_seq"), 200);
  const auto again = client.exchange(points({.count = 200, .first_seq = 1}), 200);
  ASSERT_EQ(again.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) {
    json repeated = parsed(again[i]);
    EXPECT_EQ(repeated.at("dup"), true);
    repeated.erase("dup");
    EXPECT_EQ(repeated, parsed(first[i]));
  }
}

TEST_P(state, keeps_the_history_of_events) {
  std::vector<json> events;
  {
    tcp_client feed = daemon_->connect();
    ask(feed, R"({"op":"subscribe","only":"events"})");
    tcp_client client = daemon_->connect();
    client.exchange(points({.stream = "cpu", .count = 1'000}), 1'000);
    events = ask(client, R"({"op":"history"})").at("events").get<std::vector<json>>();
    ASSERT_GE(events.size(), 3U);
    EXPECT_EQ(parsed(feed.read_line()).at("event"), events.front().at("event"));
  }
  restart();
  tcp_client client = daemon_->connect();
  const json history = ask(client, R"({"op":"history","streams":["cpu"]})");
  EXPECT_EQ(history.at("events").get<std::vector<json>>(), events);
  const json last = ask(client, R"({"op":"history","limit":2})").at("events");
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[1], events.back());
  EXPECT_TRUE(ask(client, R"({"op":"history","streams":["mem*"]})").at("events").empty());
}

// A point a second: quiet, with steps of this height up and down again at some.
std::string steps_of(std::size_t count, std::size_t first, const std::vector<std::size_t>& spikes) {
  std::string text;
  for (std::size_t i = first; i < first + count; ++i) {
    const bool is_high = std::find(spikes.begin(), spikes.end(), i) != spikes.end();
    const double value = static_cast<double>(i * 7'919 % 101) / 50 + (is_high ? 100 : 0);
    text += R"({"stream":"s","value":)" + std::to_string(value) + R"(,"ts":)" +
            std::to_string(1'764'000'000'000 + static_cast<std::int64_t>(i) * 1'000) + "}\n";
  }
  return text;
}

TEST_P(state, keeps_what_explains_an_event_and_what_a_person_said_of_it) {
  json before;
  {
    tcp_client client = daemon_->connect();
    client.exchange(steps_of(600, 0, {500}), 600);
    EXPECT_EQ(ask(client, R"({"op":"mark","stream":"s","event":1,"as":"expected"})").at("type"), "marked");
    before = ask(client, R"({"op":"explain","stream":"s","event":1})");
    ASSERT_EQ(before.at("type"), "explanation") << before;
    EXPECT_EQ(before.at("kind"), "spike");
    EXPECT_EQ(before.at("marked"), "expected");
    EXPECT_EQ(before.at("context").at("before").size(), 32U);
    EXPECT_EQ(before.at("context").at("from").size(), 64U);
    EXPECT_TRUE(before.at("evidence").contains("zscore"));
  }
  restart();
  tcp_client client = daemon_->connect();
  EXPECT_EQ(ask(client, R"({"op":"explain","stream":"s","event":1})"), before);
  client.exchange(steps_of(600, 600, {1'100}), 600);
  const json after = ask(client, R"({"op":"explain","stream":"s","event":2})");
  ASSERT_EQ(after.at("type"), "explanation") << after;
  EXPECT_LE(after.at("severity").get<int>(), before.at("severity").get<int>() / 2 + 2);
  EXPECT_NE(after.at("text").get<std::string>().find("marked as expected"), std::string::npos);
  EXPECT_EQ(ask(client, R"({"op":"explain","stream":"s","event":3})").at("code"), "not_found");
}

TEST_P(state, knows_which_streams_were_told_to_be_silent) {
  daemon_->process().send_signal(SIGTERM);
  EXPECT_TRUE(daemon_->process().wait_exit().has_value());
  const std::vector<std::string> flags = {"--state-dir", folder_.file("state"), "--silence", "1s"};
  daemon_ = std::make_unique<daemon_process>(program("spindriftd"), flags);
  {
    tcp_client feed = daemon_->connect();
    ask(feed, R"({"op":"subscribe","only":"events"})");
    tcp_client client = daemon_->connect();
    client.exchange(steps_of(100, 0, {}), 100);
    const json told = parsed(feed.read_line());
    EXPECT_EQ(told.at("kind"), "silent");
    EXPECT_EQ(told.at("state"), "open");
    EXPECT_EQ(told.at("from_n"), 100);
  }
  daemon_->process().send_signal(GetParam());
  EXPECT_TRUE(daemon_->process().wait_exit().has_value());
  daemon_ = std::make_unique<daemon_process>(program("spindriftd"), flags);
  tcp_client feed = daemon_->connect();
  ask(feed, R"({"op":"subscribe","only":"events"})");
  tcp_client client = daemon_->connect();
  EXPECT_EQ(ask(client, R"({"op":"history","state":"open"})").at("events").size(), 1U);
  client.exchange(steps_of(1, 100, {}), 1);
  const json told = parsed(feed.read_line());
  EXPECT_EQ(told.at("state"), "closed") << "told once, not again by the second daemon";
  EXPECT_EQ(told.at("event"), 1);
}

TEST_P(state, belongs_to_one_daemon_at_a_time) {
  const child_result second =
      run_to_end(support::daemon_command(program("spindriftd"), {"--state-dir", folder_.file("state")}));
  ASSERT_TRUE(second.exit_code.has_value()) << "it runs";
  EXPECT_NE(second.exit_code, 0);
  EXPECT_FALSE(second.errors.empty());
}

// The unit of a stream's times is not guessed anew.
TEST_P(state, remembers_in_what_unit_a_streams_times_come) {
  tcp_client before = daemon_->connect();
  EXPECT_EQ(ask(before, R"({"stream":"s","value":1,"ts":1764000000})").at("ts"), 1'764'000'000'000);
  EXPECT_EQ(ask(before, R"({"stream":"ms","value":1,"ts":1764000000000})").at("ts"), 1'764'000'000'000);
  restart();
  tcp_client after = daemon_->connect();
  EXPECT_EQ(ask(after, R"({"stream":"s","value":1,"ts":1764000001000})").at("code"), "bad_value");
  EXPECT_EQ(ask(after, R"({"stream":"s","value":1,"ts":1764000001})").at("ts"), 1'764'000'001'000);
  EXPECT_EQ(ask(after, R"({"stream":"ms","value":1,"ts":1764000001})").at("code"), "bad_value");
}

// One network, taught by three streams in turn: after every stop each point meets the weights that it would have met.
TEST_P(state, goes_on_with_what_streams_learned_together) {
  folder_.write("shared.toml",
                "[[stream]]\nmatch = \"db.*\"\ndetectors = [\"lstm\", \"autoencoder\"]\nshared = true\n");
  const auto begin = [this](const std::string& kept_in) {
    return std::make_unique<daemon_process>(
        program("spindriftd"),
        std::vector<std::string>{"--config", folder_.file("shared.toml"), "--state-dir", folder_.file(kept_in)});
  };
  constexpr int count = 2'400;
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) {
    const double value = 10 * (i % 3) + std::sin(0.1 * i) + 0.05 * (i * 7 % 11) + (i % 90 == 89 ? 4 : 0);
    lines.push_back(R"({"stream":"db.)" + std::to_string(i % 3) + R"(","value":)" + std::to_string(value) +
                    R"(,"ts":)" + std::to_string(1'764'000'000'000 + 1'000 * i) + "}");
  }
  const auto said_of = [&](daemon_process& by, int from, int to) {
    std::string part;
    for (int i = from; i < to; ++i) part += lines[static_cast<std::size_t>(i)] + '\n';
    tcp_client client = by.connect();
    return client.exchange(part, static_cast<std::size_t>(to - from));
  };
  const std::vector<std::string> uninterrupted = said_of(*begin("other"), 0, count);
  std::vector<std::string> resumed;
  for (int from = 0; from < count; from += count / 3) {
    const auto running = begin("shared");
    for (std::string& line : said_of(*running, from, from + count / 3)) resumed.push_back(std::move(line));
    running->process().send_signal(GetParam());
    EXPECT_TRUE(running->process().wait_exit().has_value());
    EXPECT_THAT(running->process().errors(), testing::Not(testing::HasSubstr("state_learned_anew")));
  }
  EXPECT_EQ(resumed, uninterrupted);
  EXPECT_THAT(resumed, testing::Contains(testing::HasSubstr("lstm")));
}

}  // namespace
}  // namespace spindrift
