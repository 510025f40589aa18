// The feed: who gets which lines, in which order, and what a slow reader costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

tcp_client subscribe(const daemon_process& to, const std::string& more = "", int receive_buffer_bytes = 0) {
  tcp_client client = to.connect(receive_buffer_bytes);
  EXPECT_EQ(ask(client, R"({"op":"subscribe")" + more + "}").at("type"), "subscribed");
  return client;
}

// The next so many verdict lines of a feed that brings events as well.
std::vector<std::string> read_verdicts(tcp_client& feed, std::size_t count) {
  std::vector<std::string> verdicts;
  while (verdicts.size() < count) {
    std::optional<std::string> line = feed.read_line();
    if (!line) break;
    if (line->find(R"("type":"event")") == std::string::npos) verdicts.push_back(*std::move(line));
  }
  return verdicts;
}

// On one thread a round trip on another connection proves that everything before it has been published.
class shards : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(subscriber, shards, testing::Values("1", "3"));

TEST_P(shards, subscribers_get_the_very_lines_that_the_producer_gets) {
  const daemon_process daemon = start_daemon({"--threads", GetParam()});
  tcp_client one = subscribe(daemon);
  tcp_client two = subscribe(daemon, R"(,"streams":["*"],"only":"all")");
  constexpr std::size_t count = 3'000;
  tcp_client producer = daemon.connect();
  const auto verdicts = producer.exchange(points({.stream = "cpu", .count = count, .first_seq = 1}), count);
  ASSERT_EQ(verdicts.size(), count);
  EXPECT_EQ(read_verdicts(one, count), verdicts);
  EXPECT_EQ(read_verdicts(two, count), verdicts);
}

TEST_P(shards, globs_choose_the_streams) {
  const daemon_process daemon = start_daemon({"--threads", GetParam()});
  tcp_client some = subscribe(daemon, R"(,"streams":["cpu.*","disk.?"])");
  tcp_client producer = daemon.connect();
  producer.exchange(point("mem", 1) + point("cpu.1", 1) + point("disk.10", 1) + point("disk.1", 1) + point("cpu", 1) +
                        point("cpu.user", 1),
                    6);
  std::vector<std::string> streams;
  for (const std::string& line : some.read_lines(3)) streams.push_back(parsed(line).at("stream"));
  EXPECT_THAT(streams, testing::ElementsAre("cpu.1", "disk.1", "cpu.user"));
}

TEST(subscriber, hears_a_stream_of_many_producers_in_the_order_of_its_numbers) {
  const daemon_process daemon = start_daemon({"--threads", "1"});
  tcp_client feed = subscribe(daemon);
  std::vector<tcp_client> producers;
  for (int i = 0; i < 8; ++i) producers.push_back(daemon.connect());
  std::size_t count = 0;
  for (int round = 0; round < 40; ++round) {
    for (tcp_client& each : producers) {
      const bool has_command = count % 7 == 0;
      count += 3;
      ASSERT_TRUE(
          each.send(point("s", round) + point("s", 1) + (has_command ? "{\"op\":\"ping\"}\n" : "") + point("s", 2)));
    }
  }
  std::uint64_t n = 0;
  for (const std::string& line : read_verdicts(feed, count)) ASSERT_EQ(parsed(line).at("n"), ++n);
  EXPECT_EQ(n, count);
}

TEST(subscriber, of_events_hears_what_happened_once_and_no_verdict) {
  const daemon_process daemon = start_daemon();
  tcp_client events = subscribe(daemon, R"(,"only":"events")");
  tcp_client everything = subscribe(daemon);
  tcp_client producer = daemon.connect();
  std::string steps;
  for (int i = 0; i < 400; ++i) steps += point("level", i % 2 + i % 3);
  for (int i = 0; i < 100; ++i) steps += point("level", 1'000 + i % 2 + i % 3);
  producer.exchange(steps, 500);
  std::vector<std::string> among_all;
  std::size_t verdicts = 0;
  while (verdicts < 500) {
    const std::optional<std::string> line = everything.read_line();
    ASSERT_TRUE(line.has_value());
    if (is_verdict(parsed(line))) {
      ++verdicts;
    } else {
      among_all.push_back(*line);
    }
  }
  ASSERT_FALSE(among_all.empty());
  const json told = parsed(among_all.front());
  EXPECT_EQ(told.at("type"), "event");
  EXPECT_EQ(told.at("event"), 1);
  EXPECT_EQ(told.at("state"), "open");
  EXPECT_EQ(events.read_lines(among_all.size()), among_all);
  EXPECT_EQ(ask(events, R"({"op":"ping"})").at("type"), "pong") << "and nothing else";
  // The history keeps the newest version of each.
  const json past = ask(producer, R"({"op":"history","streams":["level"]})").at("events");
  ASSERT_FALSE(past.empty());
  EXPECT_EQ(past.front().at("event"), 1);
  EXPECT_EQ(past.front().at("told_n"), told.at("told_n"));
  EXPECT_TRUE(ask(producer, R"({"op":"history","since":9000000000000})").at("events").empty());
}

TEST(subscriber, of_marked_verdicts_gets_those_alone) {
  const daemon_process daemon = start_daemon();
  tcp_client events = subscribe(daemon, R"(,"only":"marked")");
  tcp_client producer = daemon.connect();
  constexpr std::size_t count = 3'000;
  std::vector<std::string> expected;
  for (const std::string& line : producer.exchange(points({.stream = "cpu", .count = count}), count)) {
    const json verdict = parsed(line);
    const bool is_event = verdict.at("anomaly") == true || verdict.at("drift") == true || verdict.at("alarm") == true;
    if (is_event) expected.push_back(line);
  }
  ASSERT_GT(expected.size(), 10U);
  EXPECT_EQ(events.read_lines(expected.size()), expected);
  EXPECT_EQ(ask(events, R"({"op":"ping"})").at("type"), "pong") << "and nothing else";
}

// However the points fall into the periods: none is left out, and none stands twice.
TEST_P(shards, a_viewer_gets_aggregates_that_stand_for_every_point) {
  const daemon_process daemon = start_daemon({"--detectors", "zscore", "--threads", GetParam()});
  tcp_client viewer = daemon.connect();
  ASSERT_EQ(ask(viewer, R"({"op":"subscribe","streams":["s*"],"every_ms":10})").at("type"), "subscribed");
  tcp_client producer = daemon.connect();
  std::string sent;
  for (int i = 1; i <= 300; ++i) {
    sent += R"({"stream":"s)" + std::to_string(i % 3) + R"(","value":)" + std::to_string(i) + "}\n";
    sent += R"({"stream":"other","value":1})"
            "\n";
  }
  ASSERT_EQ(producer.exchange(sent, 600).size(), 600U);
  std::map<std::string, std::uint64_t> counts;
  std::map<std::string, double> newest;
  for (std::uint64_t all = 0; all < 300;) {
    const json line = parsed(viewer.read_line());
    ASSERT_EQ(line.at("type"), "aggregate") << line;
    const std::string stream = line.at("stream");
    counts[stream] += line.at("count").get<std::uint64_t>();
    all += line.at("count").get<std::uint64_t>();
    newest[stream] = line.at("last");
    EXPECT_EQ(line.at("n"), counts[stream]) << line;
    EXPECT_EQ(line.at("max"), line.at("last")) << line;
    EXPECT_LE(line.at("min"), line.at("max")) << line;
    EXPECT_TRUE(line.at("band").contains("expected")) << line;
  }
  EXPECT_EQ(counts, (std::map<std::string, std::uint64_t>{{"s0", 100}, {"s1", 100}, {"s2", 100}}));
  EXPECT_EQ(newest, (std::map<std::string, double>{{"s0", 300}, {"s1", 298}, {"s2", 299}}));
}

TEST(subscriber, that_unsubscribes_gets_no_more) {
  const daemon_process daemon = start_daemon();
  tcp_client client = subscribe(daemon);
  tcp_client producer = daemon.connect();
  ask(producer, R"({"value":1})");
  EXPECT_TRUE(is_verdict(parsed(client.read_line())));
  EXPECT_EQ(ask(client, R"({"op":"unsubscribe","id":1})").at("type"), "unsubscribed");
  ask(producer, R"({"value":2})");
  EXPECT_EQ(ask(client, R"({"op":"ping"})").at("type"), "pong");
  EXPECT_EQ(stats(daemon).at("subscribers"), 0);
}

TEST(subscriber, that_subscribes_again_changes_what_it_gets) {
  const daemon_process daemon = start_daemon();
  tcp_client client = subscribe(daemon, R"(,"streams":["a"])");
  EXPECT_EQ(ask(client, R"({"op":"subscribe","streams":["b"]})").at("type"), "subscribed");
  tcp_client producer = daemon.connect();
  producer.exchange(point("a", 1) + point("b", 1), 2);
  EXPECT_EQ(parsed(client.read_line()).at("stream"), "b");
  EXPECT_EQ(stats(daemon).at("subscribers"), 1);
}

TEST(subscriber, may_be_a_producer_at_once) {
  const daemon_process daemon = start_daemon();
  tcp_client client = subscribe(daemon, R"(,"streams":["theirs","mine"])");
  client.send(point("mine", 1, ",\"seq\":1"));
  const auto own = client.read_lines(2);  // the reply, and the feed's copy of it
  EXPECT_EQ(own[0], own[1]);
  tcp_client other = daemon.connect();
  other.exchange(point("theirs", 2), 1);
  EXPECT_EQ(parsed(client.read_line()).at("stream"), "theirs");
  EXPECT_EQ(ask(client, R"({"op":"ping"})").at("type"), "pong");
}

TEST(subscriber, gets_the_label_that_the_producer_gave) {
  const daemon_process daemon = start_daemon();
  tcp_client client = subscribe(daemon);
  tcp_client producer = daemon.connect();
  ask(producer, R"({"value":1,"label":true})");
  EXPECT_EQ(parsed(client.read_line()).at("label"), true);
}

// What a subscriber knows after a line or a gap: up to which point it has heard, and what it knows to have missed
// since.
struct hearing {
  std::uint64_t newest = 0;
  std::uint64_t missed = 0;  // lines, of events as well
  std::uint64_t gaps = 0;

  void take(const json& line) {
    if (line.at("type") == "gap") {
      EXPECT_GT(line.at("missed").get<std::uint64_t>(), 0U);
      missed += line.at("missed").get<std::uint64_t>();
      ++gaps;
      return;
    }
    if (line.at("type") == "event") return;
    const auto n = line.at("n").get<std::uint64_t>();
    ASSERT_GT(n, newest) << "in order";
    ASSERT_LE(n - newest - 1, missed) << "what is not there was said to be missed";
    newest = n;
    missed = 0;
  }
};

constexpr std::size_t flood_points = 20'000;
constexpr int small_buffer = 4'096;
// A flood is many times what may wait for a subscriber, and how long it takes on a slow machine does not matter.
std::vector<std::string> small_feed(const std::string& timeout_ms) {
  return {"--detectors",        "zscore", "--zscore-method", "classic", "--max-feed-bytes", "262144",
          "--feed-send-buffer", "4096",   "--feed-timeout",  timeout_ms};
}

void flood(const daemon_process& daemon) {
  tcp_client producer = daemon.connect();
  const auto verdicts = producer.exchange(points({.count = flood_points, .has_time = false}), flood_points);
  ASSERT_EQ(verdicts.size(), flood_points);
  ASSERT_EQ(parsed(verdicts.back()).at("n"), flood_points);
}

TEST(subscriber, that_is_slow_costs_a_producer_nothing_and_is_told_what_it_missed) {
  const daemon_process daemon = start_daemon(small_feed("600000"));
  tcp_client slow = subscribe(daemon, "", small_buffer);
  flood(daemon);
  EXPECT_GT(stats(daemon).at("feed_lines_dropped"), 0);
  hearing heard;
  while (heard.newest < flood_points) ASSERT_NO_FATAL_FAILURE(heard.take(parsed(slow.read_line())));
  EXPECT_GE(heard.gaps, 1U);
  EXPECT_EQ(ask(slow, R"({"op":"ping"})").at("type"), "pong") << "and it is still served";
}

TEST(subscriber, that_makes_no_progress_at_all_is_closed) {
  const daemon_process daemon = start_daemon(small_feed("1000"));
  tcp_client stuck = subscribe(daemon, "", small_buffer);
  flood(daemon);
  EXPECT_TRUE(eventually([&] { return stats(daemon).at("subscribers") == 0; }));
  EXPECT_EQ(stats(daemon).at("errors").at("slow_consumer"), 1);
  const auto rest = stuck.read_to_end();
  ASSERT_GT(rest.size(), 1U) << "what was on its way comes";
  EXPECT_TRUE(is_error(parsed(rest.back()), "slow_consumer")) << rest.back();
  for (std::size_t i = 0; i + 1 < rest.size(); ++i) {
    const json line = parsed(rest[i]);
    ASSERT_TRUE(is_verdict(line) || line.at("type") == "event") << rest[i];
  }
}

}  // namespace
}  // namespace spindrift
