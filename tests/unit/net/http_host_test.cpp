#include "common/net/http_host.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

TEST(http_host, is_a_loopback_name_or_address_when_bound_to_loopback) {
  const endpoint bound{"127.0.0.1", 7172};
  for (const char* host :
       {"localhost", "localhost:7172", "LOCALHOST:9", "127.0.0.1:7172", "127.0.0.9", "[::1]", "[::1]:7172"}) {
    EXPECT_TRUE(is_host_allowed(host, bound)) << host;
  }
  for (const char* host : {"", "evil.example", "evil.example:7172", "localhost.evil.example", "127.0.0.1.evil.example",
                           "10.0.0.1", "localhost:x", "localhost:7172:1", "[::1", "user@localhost", "0.0.0.0"}) {
    EXPECT_FALSE(is_host_allowed(host, bound)) << host;
  }
}

TEST(http_host, may_be_anything_when_bound_to_the_network) {
  EXPECT_TRUE(is_host_allowed("monitor.example:80", {"0.0.0.0", 7172}));
  EXPECT_TRUE(is_host_allowed("", {"10.0.0.1", 7172}));
}

TEST(http_host, has_one_further_name_behind_a_proxy) {
  const endpoint bound{"127.0.0.1", 8080};
  EXPECT_TRUE(is_host_allowed("Watch.example", bound, "watch.example"));
  EXPECT_TRUE(is_host_allowed("localhost:8080", bound, "watch.example"));
  EXPECT_FALSE(is_host_allowed("watch.example.evil", bound, "watch.example"));
  EXPECT_FALSE(is_host_allowed("", bound, ""));
}

}  // namespace
}  // namespace spindrift
