// What a daemon with a state directory still knows after it was stopped, or killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
    ASSERT_GT(events.size(), 5U);
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

TEST_P(state, belongs_to_one_daemon_at_a_time) {
  const child_result second =
      run_to_end(support::daemon_command(program("spindriftd"), {"--state-dir", folder_.file("state")}));
  ASSERT_TRUE(second.exit_code.has_value()) << "it runs";
  EXPECT_NE(second.exit_code, 0);
  EXPECT_FALSE(second.errors.empty());
}

}  // namespace
}  // namespace spindrift
