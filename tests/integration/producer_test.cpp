// Several producers, producers with a name, and producers that never read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

class threads : public testing::TestWithParam<const char*> {};

TEST_P(threads, two_producers_of_one_stream_share_its_numbers) {
  const daemon_process daemon = start_daemon({"--threads", GetParam()});
  constexpr std::size_t count = 4'000;
  std::vector<std::string> lines[2];
  std::vector<std::thread> producers;
  for (auto& mine : lines) {
    producers.emplace_back([&] {
      tcp_client client = daemon.connect();
      mine = client.exchange(points({.stream = "shared", .count = count, .first_seq = 1}), count);
    });
  }
  for (std::thread& each : producers) each.join();
  std::set<std::uint64_t> numbers;
  for (const auto& mine : lines) {
    ASSERT_EQ(mine.size(), count);
    std::uint64_t last = 0;
    for (const std::string& line : mine) {
      const std::uint64_t n = parsed(line).at("n");
      EXPECT_GT(n, last);
      last = n;
      numbers.insert(n);
    }
  }
  EXPECT_EQ(numbers.size(), 2 * count);
  EXPECT_EQ(*numbers.begin(), 1U);
  EXPECT_EQ(*numbers.rbegin(), 2 * count);
}

INSTANTIATE_TEST_SUITE_P(producer, threads, testing::Values("1", "3"));

TEST(producer, is_welcomed_and_told_how_far_the_server_is) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  const json welcome = ask(client, R"({"op":"hello","producer":"plant-7","id":1})");
  EXPECT_EQ(welcome.at("type"), "welcome");
  EXPECT_EQ(welcome.at("version"), 1);
  EXPECT_EQ(welcome.at("server").get<std::string>().rfind("spindrift/", 0), 0U);
  EXPECT_EQ(welcome.at("producer"), "plant-7");
  EXPECT_EQ(welcome.at("last_seq"), 0);
  EXPECT_EQ(welcome.at("in_flight_max"), 1024);
  EXPECT_EQ(welcome.at("id"), 1);
  tcp_client nameless = daemon.connect();
  EXPECT_FALSE(ask(nameless, R"({"op":"hello"})").contains("producer"));
}

TEST(producer, that_comes_again_gets_the_same_verdicts_for_what_it_sends_again) {
  const daemon_process daemon = start_daemon({"--threads", "2"});
  const std::string text = points({.count = 500, .first_seq = 1});
  std::vector<std::string> first;
  {
    tcp_client client = daemon.connect();
    ask(client, R"({"op":"hello","producer":"p"})");
    first = client.exchange(text, 500);
    ASSERT_EQ(first.size(), 500U);
  }
  tcp_client again = daemon.connect();
  EXPECT_EQ(ask(again, R"({"op":"hello","producer":"p"})").at("last_seq"), 500);
  const auto second = again.exchange(text, 500);
  ASSERT_EQ(second.size(), 500U);
  for (std::size_t i = 0; i < 500; ++i) {
    json repeated = parsed(second[i]);
    EXPECT_EQ(repeated.at("dup"), true);
    repeated.erase("dup");
    EXPECT_EQ(repeated, parsed(first[i]));
  }
  const json next = ask(again, R"({"stream":"s","value":20,"seq":501})");
  EXPECT_EQ(next.at("n"), 501) << "nothing was learned twice";
  EXPECT_EQ(stats(daemon).at("points"), 501);
  EXPECT_EQ(stats(daemon).at("duplicates"), 500);
}

// Goal: who asks for fewer replies hears of all points all the same, with or without numbers, and soon.
TEST_P(threads, that_wants_fewer_replies_has_its_points_acknowledged) {
  const daemon_process daemon = start_daemon({"--threads", GetParam()});
  tcp_client client = daemon.connect();
  EXPECT_EQ(ask(client, R"({"op":"hello","producer":"few","replies":"errors"})").at("replies"), "errors");
  constexpr std::size_t count = 1'000;
  ASSERT_TRUE(client.send(points({.stream = "few", .count = count, .first_seq = 1})));
  std::uint64_t newest = 0;
  std::uint64_t least = 0;
  while (newest < count) {
    const json line = parsed(client.read_line());
    ASSERT_EQ(line.at("type"), "ack");
    EXPECT_GT(line.at("seq"), newest);
    EXPECT_LE(line.at("seq").get<std::uint64_t>() - newest, 256U);
    newest = line.at("seq");
    ++least;
  }
  EXPECT_GE(least, 4U);
  EXPECT_EQ(ask(client, R"({"op":"ping"})").at("type"), "pong") << "nothing more was said of them";
  tcp_client again = daemon.connect();
  EXPECT_EQ(ask(again, R"({"op":"hello","producer":"few"})").at("last_seq"), count);
  const auto repeated = again.exchange(points({.stream = "few", .count = count, .first_seq = 1}), count);
  ASSERT_EQ(repeated.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(parsed(repeated[i]).at("n"), i + 1);
    EXPECT_EQ(parsed(repeated[i]).at("dup"), true);
  }
  tcp_client nameless = daemon.connect();
  EXPECT_EQ(ask(nameless, R"({"op":"hello","replies":"errors"})").at("last_seq"), 0);
  EXPECT_EQ(ask(nameless, R"({"stream":"few","value":1})"), json({{"type", "ack"}, {"frames", 2}}));
}

TEST(producer, numbers_its_points_when_it_has_a_name) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  ask(client, R"({"op":"hello","producer":"p"})");
  EXPECT_TRUE(is_error(ask(client, R"({"value":1})"), "bad_seq"));
  EXPECT_TRUE(is_verdict(ask(client, R"({"value":1,"seq":5000})")));
  const json unknown = ask(client, R"({"value":1,"seq":17})");
  EXPECT_TRUE(is_error(unknown, "bad_seq")) << "it is below the newest, and no verdict of it is kept";
  EXPECT_EQ(unknown.at("seq"), 17);
}

TEST_P(threads, a_second_connection_of_a_producer_closes_the_first) {
  const daemon_process daemon = start_daemon({"--threads", GetParam()});
  tcp_client first = daemon.connect();
  ask(first, R"({"op":"hello","producer":"p"})");
  EXPECT_TRUE(is_verdict(ask(first, R"({"value":1,"seq":1})")));
  tcp_client second = daemon.connect();
  EXPECT_EQ(ask(second, R"({"op":"hello","producer":"p"})").at("last_seq"), 1);
  const auto rest = first.read_to_end();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_TRUE(is_error(parsed(rest[0]), "superseded"));
  EXPECT_TRUE(is_verdict(ask(second, R"({"value":1,"seq":2})")));
}

TEST(producer, hello_may_be_said_again_on_the_same_connection) {
  const daemon_process daemon = start_daemon();
  tcp_client client = daemon.connect();
  ask(client, R"({"op":"hello","producer":"a"})");
  ask(client, R"({"value":1,"seq":1})");
  EXPECT_EQ(ask(client, R"({"op":"hello","producer":"a"})").at("last_seq"), 1);
  EXPECT_EQ(ask(client, R"({"op":"hello","producer":"b"})").at("last_seq"), 0);
  EXPECT_TRUE(is_verdict(ask(client, R"({"value":1,"seq":1})")));
}

std::uint64_t applied(const daemon_process& daemon, const std::string& stream) {
  tcp_client asking = daemon.connect();
  const json reply = ask(asking, R"({"op":"streams","match":")" + stream + "\"}");
  return reply.at("streams").empty() ? 0 : reply.at("streams")[0].at("n").get<std::uint64_t>();
}

// Goal: a producer that never reads is held back when it wants its verdicts, and muted at once otherwise.
// Method: all three send far more than the buffers between the two ends hold replies for. The muted one shows that the
// time has passed: when all its points are taken, the other two have stood still for as long.
TEST(producer, that_never_reads_is_muted_or_held_back_if_it_wants_its_verdicts) {
  const daemon_process daemon = start_daemon({"--detectors", "zscore", "--zscore-method", "classic"});
  constexpr std::size_t count = 60'000;  // 60,000 replies are some 12 MB; the kernel holds 4 MB of them
  constexpr int small_buffer = 4'096;
  tcp_client named = daemon.connect(small_buffer);
  ask(named, R"({"op":"hello","producer":"p"})");
  tcp_client numbered = daemon.connect(small_buffer);
  tcp_client anonymous = daemon.connect(small_buffer);
  const std::string of_named = points({.stream = "named", .count = count, .first_seq = 1, .has_time = false});
  const std::string of_numbered = points({.stream = "numbered", .count = count, .first_seq = 1, .has_time = false});
  constexpr std::chrono::milliseconds no_room{100};
  const std::size_t begun_named = named.send_some(of_named, no_room);
  const std::size_t begun_numbered = numbered.send_some(of_numbered, no_room);
  std::thread flood([&] { anonymous.send(points({.stream = "anonymous", .count = count, .has_time = false})); });
  EXPECT_TRUE(eventually([&] { return applied(daemon, "anonymous") == count; }));
  flood.join();
  EXPECT_GT(stats(daemon).at("replies_muted"), 0);
  EXPECT_LT(applied(daemon, "named"), count);
  EXPECT_LT(applied(daemon, "numbered"), count);

  const auto expect_all = [&](tcp_client& client, std::string_view rest) {
    const auto lines = client.exchange(rest, count);
    ASSERT_EQ(lines.size(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(parsed(lines[i]).at("n"), i + 1);
  };
  expect_all(named, std::string_view(of_named).substr(begun_named));
  expect_all(numbered, std::string_view(of_numbered).substr(begun_numbered));

  // The muted one reads again: whole lines in order, some missing, and then it is served as before.
  anonymous.send("{\"op\":\"ping\"}\n");
  std::uint64_t last = 0;
  std::size_t received = 0;
  bool has_pong = false;
  while (!has_pong) {
    const json reply = parsed(anonymous.read_line(std::chrono::seconds(5)));
    has_pong = reply.at("type") == "pong";
    if (has_pong) break;
    ASSERT_GT(reply.at("n").get<std::uint64_t>(), last);
    last = reply.at("n");
    ++received;
    // The ping itself may have been answered while the replies were still being dropped.
    if (!anonymous.is_readable()) anonymous.send("{\"op\":\"ping\"}\n");
  }
  EXPECT_LT(received, count);
}

// Goal: what an anonymous producer has sent is applied to its end, although it reads nothing and resets the connection.
// Method: all but the last lines are sent while nothing is read; once they are applied the socket is closed with
// replies unread in it, which resets it.
TEST(producer, that_never_reads_and_closes_loses_nothing_that_arrived) {
  const daemon_process daemon = start_daemon({"--detectors", "zscore", "--zscore-method", "classic"});
  constexpr std::size_t count = 60'000;
  {
    tcp_client deaf = daemon.connect(4'096);
    deaf.send(points({.stream = "deaf", .count = count, .has_time = false}));
    EXPECT_TRUE(eventually([&] { return applied(daemon, "deaf") == count; }));
  }
  EXPECT_TRUE(eventually([&] { return stats(daemon).at("connections") == 1; }));
  EXPECT_EQ(applied(daemon, "deaf"), count);
}

// Goal: --format, --replies and the names of JSON's fields are obeyed.
// Method: the same line to servers of different options; the reply, or the stream that it went to, tells.
TEST(producer, speaks_what_the_options_say) {
  const daemon_process chatty = start_daemon({"--format", "graphite", "--replies", "--json-names", "gauge_id"});
  tcp_client lines = chatty.connect();
  EXPECT_EQ(ask(lines, "web.load 1.5 1795286073").at("stream"), "web.load");
  tcp_client tool = chatty.connect();
  EXPECT_EQ(ask(tool, R"({"gauge_id":"temp","value":21.5})").at("stream"), "temp");
  const daemon_process strict = start_daemon({"--format", "json"});
  tcp_client refused = strict.connect();
  EXPECT_EQ(ask(refused, "web.load 1.5 1795286073").at("type"), "error");
  EXPECT_EQ(stats(strict).at("points"), 0);
}

// Goal: who reads at all, though much later than it sends, has all its verdicts.
// Method: a burst whose replies fill more than the kernel's buffers but not what is held, read once another client,
// which has sent more than is held after it, was muted.
TEST(producer, that_reads_a_burst_late_has_all_its_verdicts) {
  const daemon_process daemon =
      start_daemon({"--detectors", "zscore", "--zscore-method", "classic", "--mute-after", "60000"});
  constexpr std::size_t count = 12'000;
  tcp_client late = daemon.connect(4'096);
  late.send(points({.stream = "late", .count = count, .has_time = false}));
  EXPECT_TRUE(eventually([&] { return applied(daemon, "late") == count; }));
  EXPECT_EQ(stats(daemon).at("replies_muted"), 0);
  tcp_client deaf = daemon.connect(4'096);
  std::thread flood([&] { deaf.send(points({.stream = "deaf", .count = 5 * count, .has_time = false})); });
  EXPECT_TRUE(eventually([&] { return applied(daemon, "deaf") == 5 * count; }));
  flood.join();
  EXPECT_GT(stats(daemon).at("replies_muted"), 0);
  const auto lines = late.read_lines(count);
  ASSERT_EQ(lines.size(), count);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(parsed(lines[i]).at("n"), i + 1);
}

}  // namespace
}  // namespace spindrift
