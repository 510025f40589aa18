// How the daemon ends: everything read is answered, everybody is told, and nobody can hold it up for ever.
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>
#include <utility>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

constexpr std::chrono::seconds grace{10};

void expect_goodbye(const std::string& line) {
  EXPECT_TRUE(is_error(parsed(line), "shutting_down")) << line;
}

// Goal: a stop under load loses no verdict of a point that was read, and answers none twice.
// Method: three producers send without end, one of them a named one; a subscriber listens. After the stop each producer
// has the verdicts of seq 1 to some k without a hole, then the goodbye. The subscriber has heard of each of them; of
// those answered at the very end on another thread than its own it may not, since all threads end at once.
class load : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(shutdown, load, testing::Values("1", "3"));

TEST_P(load, is_answered_as_far_as_it_was_read_and_told_goodbye) {
  daemon_process daemon = start_daemon({"--threads", GetParam()});
  tcp_client subscriber = daemon.connect();
  ask(subscriber, R"({"op":"subscribe"})");
  std::atomic<std::uint64_t> answered{0};
  std::vector<std::string> lines[3];
  std::vector<std::thread> producers;
  for (std::size_t i = 0; i < 3; ++i) {
    producers.emplace_back([&, i] {
      tcp_client client = daemon.connect();
      if (i == 0) ask(client, R"({"op":"hello","producer":"p"})");
      for (std::uint64_t next = 1;; next += 100) {
        const auto some = client.exchange(
            points({.stream = "s" + std::to_string(i), .count = 100, .first_seq = next, .has_time = false}), 100);
        lines[i].insert(lines[i].end(), some.begin(), some.end());
        answered += some.size();
        if (some.size() < 100) return;
      }
    });
  }
  std::vector<std::string> heard;
  std::thread listening([&] { heard = subscriber.read_to_end(); });
  EXPECT_TRUE(eventually([&] { return answered > 3'000; }));
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(grace), 0) << daemon.process().errors();
  for (std::thread& each : producers) each.join();
  listening.join();

  std::set<std::string> verdicts;
  for (auto& mine : lines) {
    ASSERT_FALSE(mine.empty());
    expect_goodbye(mine.back());
    mine.pop_back();
    for (std::size_t k = 0; k < mine.size(); ++k) ASSERT_EQ(parsed(mine[k]).at("seq"), k + 1) << mine[k];
    verdicts.insert(mine.begin(), mine.end());
  }
  ASSERT_FALSE(heard.empty());
  expect_goodbye(heard.back());
  heard.pop_back();
  std::erase_if(heard, [](const std::string& line) { return parsed(line).at("type") == "event"; });
  for (const std::string& each : heard) ASSERT_EQ(verdicts.count(each), 1U) << each;
  const std::set<std::string> distinct(heard.begin(), heard.end());
  EXPECT_EQ(distinct.size(), heard.size());
  if (GetParam() == std::string("1")) {
    EXPECT_EQ(distinct, verdicts);
  }
}

TEST(shutdown, of_an_idle_daemon_is_told_to_every_client) {
  daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(client, R"({"value":1})")));
  daemon.process().send_signal(SIGINT);
  const auto rest = client.read_to_end();
  ASSERT_EQ(rest.size(), 1U);
  expect_goodbye(rest[0]);
  client.close();
  EXPECT_EQ(daemon.process().wait_exit(grace), 0);
}

// A client that reads nothing: its replies cannot be delivered, whatever the daemon does.
tcp_client connect_stuck(const daemon_process& to) {
  tcp_client client = to.connect(4'096);
  ask(client, R"({"op":"hello","producer":"stuck"})");
  constexpr std::size_t count = 40'000;
  client.send_some(points({.count = count, .first_seq = 1, .has_time = false}), std::chrono::milliseconds(100));
  std::uint64_t before = 0;
  // It stands still when two looks in a row see the same count.
  EXPECT_TRUE(eventually([&] {
    const std::uint64_t now = stats(to).at("points");
    return now > 0 && std::exchange(before, now) == now;
  }));
  EXPECT_LT(before, count);
  return client;
}

const std::vector<std::string> cheap_detectors = {"--detectors", "zscore", "--zscore-method", "classic"};

TEST(shutdown, waits_ten_seconds_at_most_for_a_client_that_does_not_read) {
  daemon_process daemon = start_daemon(cheap_detectors);
  const tcp_client stuck = connect_stuck(daemon);
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(grace), 0);
}

TEST(shutdown, is_at_once_at_a_second_signal) {
  daemon_process daemon = start_daemon(cheap_detectors);
  const tcp_client stuck = connect_stuck(daemon);
  daemon.process().send_signal(SIGTERM);
  EXPECT_TRUE(daemon.process().wait_output(
      [](const std::string&, const std::string& errors) { return errors.find("stopping") != std::string::npos; }));
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(grace), 128 + SIGTERM);
}

TEST(shutdown, leaves_the_port_to_the_next_daemon) {
  daemon_process first = start_daemon();
  const std::string address = first.address();
  tcp_client client = first.connect();
  ask(client, R"({"value":1})");
  first.process().send_signal(SIGKILL);
  first.process().wait_exit();
  const daemon_process second = start_daemon({"--listen", address});
  EXPECT_EQ(second.address(), address);
  tcp_client again = second.connect();
  EXPECT_EQ(ask(again, R"({"value":1})").at("n"), 1);
}

}  // namespace
}  // namespace spindrift
