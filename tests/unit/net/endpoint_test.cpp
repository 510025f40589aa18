#include "common/net/endpoint.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(endpoint, reads_names_ipv4_and_bracketed_ipv6) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:7171"), (endpoint{"127.0.0.1", 7171}));
  EXPECT_EQ(parse_endpoint("localhost:0"), (endpoint{"localhost", 0}));
  EXPECT_EQ(parse_endpoint("plant-7.example.org:65535"), (endpoint{"plant-7.example.org", 65535}));
  EXPECT_EQ(parse_endpoint("[::1]:7171"), (endpoint{"::1", 7171}));
  EXPECT_EQ(parse_endpoint("[fe80::1%eth0]:1"), (endpoint{"fe80::1%eth0", 1}));
  EXPECT_EQ(parse_endpoint("[::ffff:10.0.0.1]:1"), (endpoint{"::ffff:10.0.0.1", 1}));
}

TEST(endpoint, refuses_what_is_not_of_the_form) {
  for (const char* text : {"",
                           ":",
                           ":7171",
                           "localhost",
                           "localhost:",
                           "localhost:x",
                           "localhost:-1",
                           "localhost:+1",
                           "localhost: 1",
                           "localhost:65536",
                           "localhost:99999",
                           "localhost:000080",
                           "localhost:80x",
                           "localhost:0x50",
                           " localhost:80",
                           "local host:80",
                           "::1:7171",
                           "[::1]",
                           "[::1]7171",
                           "[]:80",
                           "[::1:80",
                           "::1]:80",
                           "[localhost]:80",
                           "[127.0.0.1]:80",
                           "[fe80::1%]:80",
                           "[::1\n]:80",
                           "256.0.0.1:80",
                           "10.0.0:80",
                           "1:80",
                           "a.1:80",
                           "http://x:80",
                           "x/y:80",
                           ".x:80",
                           "-x:80",
                           "*:80",
                           "x\n:80"}) {
    EXPECT_EQ(parse_endpoint(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_endpoint(std::string("local\0host:80", 13)), std::nullopt);
  EXPECT_EQ(parse_endpoint(std::string(100'000, 'a') + ":80"), std::nullopt);
}

TEST(endpoint, may_be_a_port_alone_or_every_address_where_a_person_types_it) {
  EXPECT_EQ(endpoint_meant("7171"), (endpoint{"127.0.0.1", 7171}));
  EXPECT_EQ(endpoint_meant(":7171"), (endpoint{"127.0.0.1", 7171}));
  EXPECT_EQ(endpoint_meant("*:7171"), (endpoint{"0.0.0.0", 7171}));
  EXPECT_EQ(endpoint_meant("[::1]:7171"), (endpoint{"::1", 7171}));
  for (const char* text : {"", ":", "*", "*:", "**:1", "65536", ":65536", "-1", "7171x", "localhost", "*:x"}) {
    EXPECT_EQ(endpoint_meant(text), std::nullopt) << text;
  }
}

TEST(endpoint, writes_what_it_reads) {
  for (const char* text : {"127.0.0.1:7171", "localhost:0", "[::1]:7171", "[fe80::1%eth0]:1"}) {
    const auto where = parse_endpoint(text);
    ASSERT_TRUE(where) << text;
    EXPECT_EQ(to_text(*where), text);
  }
}

TEST(endpoint, knows_which_addresses_only_this_machine_can_reach) {
  for (const char* host :
       {"localhost", "LocalHost", "127.0.0.1", "127.255.3.4", "::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback({host, 1})) << host;
  }
  for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::2", "::ffff:10.0.0.1", "localhost.example.org",
                           "127.evil.org", ""}) {
    EXPECT_FALSE(is_loopback({host, 1})) << host;
  }
}

}  // namespace
}  // namespace spindrift
