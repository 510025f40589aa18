// spindriftd --shadow: other settings beside live traffic, and who asks what they would have told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <regex>
#include <string>

#include "tests/integration/scene.hpp"

namespace spindrift {
namespace {

using namespace scene;
using testing::HasSubstr;

class shadow_settings : public testing::Test {
protected:
  bool said(daemon_process& daemon, const std::string& words) {
    return daemon.process().wait_output(
        [&](const std::string&, const std::string& errors) { return errors.find(words) != std::string::npos; });
  }
  std::string http_of(daemon_process& daemon) {
    static const std::regex line(R"(http address=(127\.0\.0\.1:\d+))");
    EXPECT_TRUE(said(daemon, "http address="));
    std::smatch found;
    const std::string errors = daemon.process().errors();
    EXPECT_TRUE(std::regex_search(errors, found, line)) << errors;
    return found[1];
  }
  child_result report(const std::string& http) {
    return run_to_end({program("spindriftd"), "shadow-report", "--http", http});
  }
  json report_object(const std::string& http) {
    const child_result result = run_to_end({program("spindriftd"), "shadow-report", "--http", http, "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.errors;
    return json::parse(result.output);
  }
  // A level, one point far below it, the level.
  static void send_spike(tcp_client& client) {
    for (int i = 0; i < 400; ++i) {
      const double value = i == 350 ? 20 : 100 + i * i * 31 % 101 * 0.01;
      ask(client, point("db.x", value, ",\"ts\":" + std::to_string(1'790'000'000'000 + i * 1'000)));
    }
  }
  scratch_folder folder_;
  std::string deaf_ = folder_.write("deaf.toml", "[[stream]]\nmatch = \"db.*\"\ndirection = \"up\"\n");
};

TEST_F(shadow_settings, tell_nobody_and_report_what_would_be_gone) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0", "--shadow", deaf_});
  tcp_client client = daemon.connect();
  send_spike(client);
  const std::string http = http_of(daemon);
  const json found = report_object(http);
  ASSERT_EQ(found.at("gone").size(), 1U) << found;
  EXPECT_EQ(found.at("gone")[0].at("direction"), "down");
  EXPECT_EQ(found.at("after"), deaf_);
  EXPECT_THAT(report(http).output, HasSubstr("gone: 1\n"));
  EXPECT_EQ(stats(daemon).at("shadow_notices_gone"), 1);
  EXPECT_EQ(stats(daemon).at("events").at("spike"), 1) << "what the shadow finds is no event of the server";
  daemon.process().send_signal(SIGTERM);
  EXPECT_EQ(daemon.process().wait_exit(), 0);
  EXPECT_THAT(daemon.process().errors(), HasSubstr("shadow file=" + deaf_ + " points=399 streams=1 gone=1 new=0"));
}

TEST_F(shadow_settings, are_read_again_with_the_others_or_all_stay_as_they_were) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0", "--shadow", deaf_});
  folder_.write("deaf.toml", "[[stream]]\nmatch = \"db.*\"\ndirecton = \"up\"\n");
  daemon.process().send_signal(SIGHUP);
  EXPECT_TRUE(said(daemon, "not_reloaded"));
  EXPECT_THAT(daemon.process().errors(), HasSubstr("did you mean direction"));
  folder_.write("deaf.toml", "threshold = 5\n");
  daemon.process().send_signal(SIGHUP);
  EXPECT_TRUE(said(daemon, "reloaded"));
  tcp_client client = daemon.connect();
  send_spike(client);
  EXPECT_EQ(report_object(http_of(daemon)).at("totals").at("same"), 1);
}

TEST_F(shadow_settings, are_checked_with_the_others) {
  const std::string wrong = folder_.write("wrong.toml", "treshold = 5\n");
  const child_result checked = run_to_end(
      {program("spindriftd"), "--state-dir", "off", "--listen", "127.0.0.1:0", "--shadow", wrong, "--check-config"});
  EXPECT_EQ(checked.exit_code, 78);
  EXPECT_THAT(checked.errors, HasSubstr("wrong.toml:1: unknown key \"treshold\""));
}

TEST_F(shadow_settings, are_not_reported_where_there_are_none_or_nobody_answers) {
  daemon_process daemon = start_daemon({"--http", "127.0.0.1:0"});
  const child_result none = report(http_of(daemon));
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.errors, HasSubstr("there is no shadow: start with --shadow FILE"));
  EXPECT_EQ(report("off").exit_code, 2);
  EXPECT_EQ(report(daemon.address()).exit_code, 1) << "not an HTTP port";
}

}  // namespace
}  // namespace spindrift
