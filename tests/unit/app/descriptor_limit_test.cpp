// How many connections fit into the limit of open files.
#include "server/app/descriptor_limit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "server/app/config.hpp"

namespace spindrift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class descriptors : public testing::Test {
protected:
  descriptors() { ::getrlimit(RLIMIT_NOFILE, &before_); }
  ~descriptors() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

  static void allow(rlim_t count) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = count;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  static rlim_t allowed() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

  rlimit before_{};
  config settings_;
};

TEST_F(descriptors, are_provided_for_connections_and_what_else_is_open) {
  settings_.net.connections_max = 100;
  allow(64);
  EXPECT_EQ(provide_descriptors(settings_), std::nullopt);
  EXPECT_EQ(allowed(), 356U);
}

TEST_F(descriptors, are_more_where_strangers_shake_hands_or_send_by_http) {
  settings_.net.connections_max = 100;
  settings_.net.handshakes_max = 10;
  settings_.tls_cert = "a.pem";
  settings_.ingest = "127.0.0.1:0";
  allow(64);
  EXPECT_EQ(provide_descriptors(settings_), std::nullopt);
  EXPECT_EQ(allowed(), 366U + config::ingest_connections_max);
}

TEST_F(descriptors, that_are_enough_are_left_alone) {
  settings_.net.connections_max = 10;
  allow(300);
  EXPECT_EQ(provide_descriptors(settings_), std::nullopt);
  EXPECT_EQ(allowed(), 300U);
}

TEST_F(descriptors, that_cannot_be_had_are_told_with_what_would_fit) {
  if (before_.rlim_max == RLIM_INFINITY) GTEST_SKIP() << "there is no limit here";
  settings_.net.connections_max = before_.rlim_max;
  const std::string wrong = provide_descriptors(settings_).value_or("");
  EXPECT_THAT(wrong, AllOf(HasSubstr("--max-connections: " + std::to_string(before_.rlim_max) + " is not possible"),
                           HasSubstr("at most " + std::to_string(before_.rlim_max - 256) + " connections fit")));
}

}  // namespace
}  // namespace spindrift
