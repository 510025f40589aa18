// SIGHUP: settings are taken while points flow, or refused as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

class reload : public testing::Test {
protected:
  daemon_process started(const std::string& lines) {
    write(lines);
    return start_daemon({"--config", folder_.file("spindriftd.toml")});
  }
  void write(const std::string& lines) { folder_.write("spindriftd.toml", lines); }
  static void hang_up(daemon_process& daemon, const std::string& answer) {
    daemon.process().send_signal(SIGHUP);
    EXPECT_TRUE(daemon.process().wait_output([&](const std::string&, const std::string& errors) {
      return errors.find(answer) != std::string::npos;
    })) << answer;
  }
  // A stream that has seen enough, and then one point that is far out.
  static bool is_flagged(tcp_client& client, const std::string& stream) {
    for (int i = 0; i < 40; ++i) {
      ask(client, R"({"stream":")" + stream + R"(","value":)" + std::to_string(100 + i * 7 % 5) + "}");
    }
    return ask(client, R"({"stream":")" + stream + R"(","value":400})").at("anomaly").get<bool>();
  }

  scratch_folder folder_;
};

TEST_F(reload, takes_a_changed_threshold_and_settings_of_streams) {
  daemon_process daemon = started("threshold = 900000\n");
  tcp_client client = daemon.connect();
  EXPECT_FALSE(is_flagged(client, "a"));
  write("threshold = 5\n[[stream]]\nmatch = \"quiet.*\"\nmin_deviation = 1000\n");
  hang_up(daemon, "reloaded");
  EXPECT_TRUE(is_flagged(client, "b"));
  EXPECT_FALSE(is_flagged(client, "quiet.b"));
}

TEST_F(reload, of_a_broken_file_keeps_the_old_and_says_why) {
  daemon_process daemon = started("threshold = 900000\n");
  write("threshold = 5\n[[stream]]\nmatch = \"a\"\nseverty = 3\n");
  hang_up(daemon, "not_reloaded");
  hang_up(daemon, "did you mean severity");
  tcp_client client = daemon.connect();
  EXPECT_FALSE(is_flagged(client, "a"));
}

TEST_F(reload, takes_the_level_of_the_log) {
  daemon_process daemon = started("log-level = \"warning\"\n");
  write("log-level = \"debug\"\n");
  hang_up(daemon, "reloaded milliseconds=");
  EXPECT_EQ(daemon.process().errors().find("needs_restart"), std::string::npos);
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_flagged(client, "a"));
  hang_up(daemon, "anomaly");
}

TEST_F(reload, names_what_needs_a_restart) {
  daemon_process daemon = started("threads = 1\nthreshold = 5\n");
  write("threads = 2\nthreshold = 6\n");
  hang_up(daemon, "needs_restart settings=threads");
}

TEST_F(reload, under_load_loses_nothing) {
  daemon_process daemon = started("threshold = 5\n");
  tcp_client client = daemon.connect();
  for (int round = 0; round < 10; ++round) {
    write("threshold = " + std::to_string(5 + round) + "\n[[stream]]\nmatch = \"s1*\"\nseverity = 50\n");
    daemon.process().send_signal(SIGHUP);
    for (int k = 0; k < 20; ++k) {
      const auto replies = client.exchange(points({.stream = "s" + std::to_string(k), .count = 100}), 100);
      ASSERT_EQ(replies.size(), 100U);
      for (const std::string& line : replies) ASSERT_TRUE(is_verdict(parsed(line))) << line;
    }
  }
  EXPECT_EQ(ask(client, R"({"op":"stats"})").at("points"), 20'000);
}

TEST_F(reload, is_not_what_sigusr1_asks_for_and_nothing_dies_of_it) {
  const std::string file = folder_.file("findings.log");
  daemon_process daemon = start_daemon({"--log-file", file});
  std::filesystem::rename(file, file + ".1");
  daemon.process().send_signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return std::filesystem::exists(file); }));
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(client, R"({"value":1})")));
}

}  // namespace
}  // namespace spindrift
