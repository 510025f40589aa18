// Many connections: none leaks, all are served, one too many is told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;

std::size_t open_descriptors(daemon_process& of) {
  const std::string folder = "/proc/" + std::to_string(of.process().pid()) + "/fd";
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator(folder)) ++count;
  return count;
}

// One asking connection stays open, so that asking does not change what is asked about.
TEST(connection, a_thousand_that_came_and_went_leave_nothing_behind) {
  daemon_process daemon = start_daemon({"--threads", "2"});
  tcp_client asking = daemon.connect();
  const auto connections = [&] { return ask(asking, R"({"op":"stats"})").at("connections").get<int>(); };
  EXPECT_EQ(connections(), 1);
  const std::size_t before = open_descriptors(daemon);
  for (int i = 0; i < 1'000; ++i) {
    tcp_client client = daemon.connect();
    switch (i % 5) {
      case 0:  // says nothing
        break;
      case 1:  // cut off in mid-frame
        client.send("{\"value\":");
        client.reset();
        break;
      case 2:  // leaves before its verdicts
        client.send(points({.count = 20, .has_time = false}));
        client.reset();
        break;
      case 3:  // a subscriber that goes without a word
        client.send("{\"op\":\"subscribe\"}\n");
        break;
      default:  // one that stays to the end
        client.send("{\"op\":\"hello\",\"producer\":\"p\"}\n");
        client.finish_sending();
        client.read_to_end();
    }
  }
  EXPECT_TRUE(eventually([&] { return connections() == 1; })) << connections();
  EXPECT_EQ(ask(asking, R"({"op":"stats"})").at("subscribers"), 0);
  EXPECT_TRUE(eventually([&] { return open_descriptors(daemon) == before; })) << open_descriptors(daemon);
}

TEST(connection, three_hundred_at_once_are_all_served) {
  const daemon_process daemon = start_daemon({"--threads", "2"});
  constexpr std::size_t count = 300;
  std::vector<tcp_client> clients;
  for (std::size_t i = 0; i < count; ++i) clients.push_back(daemon.connect());
  for (std::size_t i = 0; i < count; ++i) clients[i].send(points({.stream = std::to_string(i), .count = 5}));
  for (tcp_client& each : clients) {
    const auto lines = each.read_lines(5);
    ASSERT_EQ(lines.size(), 5U);
    EXPECT_EQ(parsed(lines.back()).at("n"), 5);
  }
  EXPECT_EQ(stats(daemon).at("connections"), count + 1);
}

TEST(connection, one_too_many_is_told_and_closed_and_the_others_go_on) {
  const daemon_process daemon = start_daemon({"--max-connections", "3"});
  std::vector<tcp_client> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(daemon.connect());
    EXPECT_TRUE(is_verdict(ask(clients.back(), R"({"value":1})")));
  }
  tcp_client refused = daemon.connect();
  const auto lines = refused.read_to_end();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_TRUE(is_error(parsed(lines[0]), "too_many_connections"));
  refused.close();
  for (tcp_client& each : clients) EXPECT_TRUE(is_verdict(ask(each, R"({"value":1})")));
  clients.pop_back();
  EXPECT_TRUE(eventually([&] {
    tcp_client next = daemon.connect();
    next.send("{\"value\":1}\n");
    return is_verdict(parsed(next.read_line()));
  })) << "a place that became free can be taken";
}

TEST(connection, a_frame_that_is_begun_and_never_ended_ends_the_connection) {
  const daemon_process daemon = start_daemon({"--frame-timeout", "200"});
  tcp_client idle = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(idle, R"({"value":1})")));
  tcp_client client = daemon.connect();
  client.send("{\"value\":1}\n{\"val");
  EXPECT_THAT(kinds(client.read_to_end()), testing::ElementsAre("verdict", "error idle"));
  EXPECT_TRUE(is_verdict(ask(idle, R"({"value":2})"))) << "silence between frames is no offence";
}

}  // namespace
}  // namespace spindrift
