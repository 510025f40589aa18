// SIGHUP: settings are taken while points flow, or refused as a whole.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
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
  // Said again where nothing comes of it: a race detector may keep a signal back for a thread that only waits.
  static void hang_up(daemon_process& daemon, const std::string& answer) {
    bool is_answered = false;
    for (int attempt = 0; attempt < 3 && !is_answered; ++attempt) {
      daemon.process().send_signal(SIGHUP);
      is_answered = daemon.process().wait_output(
          [&](const std::string&, const std::string& errors) { return errors.find(answer) != std::string::npos; },
          std::chrono::seconds(20));
    }
    EXPECT_TRUE(is_answered) << answer;
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

TEST_F(reload, tells_whose_network_begins_anew) {
  const std::string entry = "[[stream]]\nmatch = [\"db.*\", \"web.*\"]\ndetectors = [\"zscore\", \"lstm\"]\n";
  daemon_process daemon = started(entry);
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_flagged(client, "db.a"));
  write(entry + "shared = true\n");
  hang_up(daemon, "shared_changed");
  hang_up(daemon, "db.*, web.*");
  EXPECT_TRUE(is_flagged(client, "db.b"));
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
  hang_up(daemon, "needs_restart=threads");  // of `reloaded`
}

TEST_F(reload, takes_how_many_streams_there_may_be) {
  daemon_process daemon = started("max-streams = 2\n");
  tcp_client client = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(client, R"({"stream":"a","value":1})")));
  EXPECT_TRUE(is_verdict(ask(client, R"({"stream":"b","value":1})")));
  EXPECT_EQ(ask(client, R"({"stream":"c","value":1})").at("code"), "too_many_streams");
  write("max-streams = 3\n");
  hang_up(daemon, "reloaded milliseconds=");
  EXPECT_TRUE(is_verdict(ask(client, R"({"stream":"c","value":1})")));
  EXPECT_EQ(ask(client, R"({"stream":"d","value":1})").at("code"), "too_many_streams");
  EXPECT_EQ(daemon.process().errors().find("needs_restart"), std::string::npos);
}

TEST_F(reload, takes_limits_of_connections) {
  daemon_process daemon = started("max-connections = 1\nmax-frame-bytes = 1024\n");
  tcp_client first = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(first, R"({"value":1})")));
  tcp_client refused = daemon.connect();
  EXPECT_THAT(refused.read_line().value_or(""), HasSubstr("too_many_connections"));
  write("max-connections = 3\nmax-frame-bytes = 4096\nmax-producers = 1\nmax-memory = 2048\nmax-journal = 8388608\n");
  hang_up(daemon, "reloaded milliseconds=");
  const std::string named =
      R"({"stream":")" + std::string(200, 'a') + R"(","value":1,"unused":")" + std::string(2'000, 'x') + R"("})";
  EXPECT_EQ(ask(first, named).at("code"), "frame_too_large")
      << "one that is open keeps the longest frame it began with";
  tcp_client second = daemon.connect();
  EXPECT_TRUE(is_verdict(ask(second, named)));
  EXPECT_EQ(ask(second, R"({"op":"hello","producer":"p"})").at("type"), "welcome");
  tcp_client third = daemon.connect();
  EXPECT_EQ(ask(third, R"({"op":"hello","producer":"q"})").at("code"), "too_many_connections");
  EXPECT_EQ(daemon.process().errors().find("needs_restart"), std::string::npos);
}

TEST_F(reload, takes_which_streams_are_judged_by_their_rate) {
  daemon_process daemon = started("");
  tcp_client client = daemon.connect();
  std::int64_t ts = 1'795'000'000'000;
  // Whether the newest of some counts, which come a second apart, was judged by its rate.
  const auto grow = [&](const std::string& stream) {
    json last;
    for (int i = 0; i < 5; ++i) {
      ts += 1'000;
      last = ask(client, R"({"stream":")" + stream + R"(","value":)" + std::to_string(ts / 100) + R"(,"ts":)" +
                             std::to_string(ts) + "}");
    }
    return last.contains("rate");
  };
  EXPECT_FALSE(grow("hits"));
  write("rate = [\"hits\"]\n");
  hang_up(daemon, "reloaded milliseconds=");
  EXPECT_TRUE(grow("hits")) << "also a stream that is there";
  write("");
  daemon.process().send_signal(SIGHUP);
  EXPECT_TRUE(eventually([&] { return !grow("hits"); }));
  EXPECT_EQ(daemon.process().errors().find("needs_restart"), std::string::npos);
}

TEST_F(reload, under_load_loses_nothing) {
  daemon_process daemon = started("threshold = 5\n");
  tcp_client client = daemon.connect();
  for (int round = 0; round < 10; ++round) {
    write("threshold = " + std::to_string(5 + round) + "\nmax-memory = " + std::to_string(1'000 + round % 3 * 100) +
          "\nmax-streams = " + std::to_string(1'000 + round) + "\nmax-connections = " + std::to_string(50 + round) +
          "\nrate = [\"t" + std::to_string(round) + "\"]\n[[stream]]\nmatch = \"s1*\"\nseverity = 50\n");
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
