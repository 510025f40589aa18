// Listening addresses as people write them.
#include "server/net/listen_address.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

using kind = listen_address::kind;

TEST(listen_address, a_host_and_a_port_is_tcp_with_and_without_its_scheme) {
  for (const char* text : {"127.0.0.1:7171", "tcp://127.0.0.1:7171"}) {
    const auto found = parse_listen_address(text);
    ASSERT_TRUE(found) << text;
    EXPECT_EQ(found->is, kind::by_tcp);
    EXPECT_EQ(to_text(*found), "127.0.0.1:7171");
    EXPECT_TRUE(found->format.empty());
    EXPECT_FALSE(found->replies.has_value());
  }
}

TEST(listen_address, says_what_is_spoken_there) {
  const auto found = parse_listen_address("tcp://[::1]:2003?format=graphite&replies=on&proxy=off");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->where.port, 2003);
  EXPECT_EQ(found->format, "graphite");
  EXPECT_EQ(found->replies, true);
  EXPECT_EQ(found->proxied, false);
}

TEST(listen_address, a_unix_socket_has_a_path_and_a_mode) {
  const auto found = parse_listen_address("unix:/run/spindrift.sock?mode=0600");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->is, kind::by_unix);
  EXPECT_EQ(found->path, "/run/spindrift.sock");
  EXPECT_EQ(found->mode, 0600U);
  EXPECT_EQ(parse_listen_address("unix:///run/a.sock")->path, "/run/a.sock");
  EXPECT_EQ(parse_listen_address("unix:////run/a.sock")->path, "/run/a.sock");
  EXPECT_EQ(parse_listen_address("unix:/run/a.sock")->mode, 0660U);
}

TEST(listen_address, udp_is_told_by_its_scheme) {
  const auto found = parse_listen_address("udp://127.0.0.1:8125?format=statsd");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->is, kind::by_udp);
  EXPECT_EQ(to_text(*found), "udp://127.0.0.1:8125");
}

TEST(listen_address, refuses_what_it_does_not_know) {
  const std::string long_path = "unix:/" + std::string(107, 'x');
  for (const std::string& text :
       {std::string(), std::string("71710"), std::string("http://127.0.0.1:1"), std::string("unix:relative"),
        std::string("unix://host/a"), std::string("unix:////"), std::string("unix:/"), long_path,
        std::string("127.0.0.1:1?"), std::string("127.0.0.1:1?format="), std::string("127.0.0.1:1?mode=0600"),
        std::string("unix:/a?mode=0999"), std::string("unix:/a?proxy=on"), std::string("udp://127.0.0.1:1?replies=on"),
        std::string("127.0.0.1:1?replies=yes"), std::string("127.0.0.1:1?format=graphite&")}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
  EXPECT_TRUE(parse_listen_address("unix:/" + std::string(106, 'x')));
}

}  // namespace
}  // namespace spindrift
