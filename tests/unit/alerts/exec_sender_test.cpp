// Programs that are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "server/alerts/delivery.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class program_that_is_told : public testing::Test {
protected:
  ~program_that_is_told() override { std::filesystem::remove(path_); }
  delivery run(const std::string& script, std::chrono::milliseconds timeout = std::chrono::seconds(30)) {
    alert_settings alert;
    alert.name = "siren";
    alert.exec = {"/bin/sh", "-c", script, path_.string()};
    alert.timeout = timeout;
    return make_exec_sender()->send(alert, message_, stops_);
  }
  std::string written() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  program_that_is_told() {
    std::signal(SIGPIPE, SIG_IGN);  // as the daemon does: a program may leave its input unread
    queued_notice one;
    one.what.stream = "pump.7 $(touch /tmp/never)";
    one.what.line = R"({"text":"it's \"bad\""})";
    message_ = {"id-1", {one}, 1};
  }

  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_exec_test_" + std::to_string(::getpid()));
  outgoing message_;
  std::atomic<bool> stops_{false};
};

TEST_F(program_that_is_told, has_the_event_in_its_environment_and_on_its_input) {
  const delivery ended = run("(echo \"$SPINDRIFT_STREAM|$SPINDRIFT_TEXT|$SPINDRIFT_ID\"; cat) >\"$0\"");
  EXPECT_EQ(ended.as, delivery::end::acknowledged) << ended.reason;
  EXPECT_EQ(written(), "pump.7 $(touch /tmp/never)|it's \"bad\"|id-1\n{\"text\":\"it's \\\"bad\\\"\"}\n");
}

TEST_F(program_that_is_told, acknowledges_by_ending_with_0_alone) {
  const delivery ended = run("echo it is broken >&2; exit 3");
  EXPECT_EQ(ended.as, delivery::end::failed);
  EXPECT_THAT(ended.reason, HasSubstr("ended with 3: it is broken"));
}

TEST_F(program_that_is_told, may_leave_its_input_unread) {
  message_.notices.assign(2'000, message_.notices.front());
  message_.notices.front().what.line.assign(200'000, 'x');
  EXPECT_EQ(run("exit 0").as, delivery::end::acknowledged);
}

TEST_F(program_that_is_told, is_killed_with_its_children_when_it_takes_too_long) {
  const delivery ended = run("sleep 600 & wait", std::chrono::milliseconds(200));
  EXPECT_EQ(ended.as, delivery::end::failed);
  EXPECT_THAT(ended.reason, HasSubstr("killed"));
}

TEST_F(program_that_is_told, is_killed_when_the_server_stops) {
  std::thread stopper([this] { stops_ = true; });
  EXPECT_THAT(run("sleep 600").reason, HasSubstr("the server stops"));
  stopper.join();
}

TEST_F(program_that_is_told, may_be_none_that_there_is) {
  alert_settings alert;
  alert.exec = {"/no/such/program"};
  const delivery ended = make_exec_sender()->send(alert, message_, stops_);
  EXPECT_EQ(ended.as, delivery::end::failed);
  EXPECT_THAT(ended.reason, HasSubstr("No such file"));
}

}  // namespace
}  // namespace spindrift
