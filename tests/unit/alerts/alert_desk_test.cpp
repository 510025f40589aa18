// The desk with its threads: what is offered reaches its receiver once, however that behaves.
#include "server/alerts/alert_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace spindrift {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// A receiver that writes down what it acknowledged.
class receiver {
public:
  delivery take(const std::string& alert, const outgoing& message, const std::atomic<bool>& stops) {
    std::unique_lock guard(lock_);
    ++attempts_;
    changed_.notify_all();
    while (hangs_.contains(alert) && !stops) changed_.wait_for(guard, 10ms);
    if (stops) return {delivery::end::failed, "stopped"};
    if (failures_ > 0) {
      --failures_;
      return {delivery::end::failed, "down"};
    }
    for (const queued_notice& one : message.notices) lines_.push_back(alert + " " + one.what.line);
    changed_.notify_all();
    return {delivery::end::acknowledged, {}};
  }
  bool await(std::size_t lines) {
    std::unique_lock guard(lock_);
    return changed_.wait_for(guard, 30s, [&] { return lines_.size() >= lines; });
  }
  bool await_attempt() {
    std::unique_lock guard(lock_);
    return changed_.wait_for(guard, 30s, [this] { return attempts_ > 0; });
  }
  std::vector<std::string> lines() {
    const std::lock_guard guard(lock_);
    return lines_;
  }
  void hang(const std::string& alert) { hangs_.insert(alert); }
  void recover() { hangs_.clear(); }
  void fail(int times) { failures_ = times; }

private:
  std::mutex lock_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::set<std::string> hangs_;
  int attempts_ = 0;
  int failures_ = 0;
};

class sender_to final : public alert_sender {
public:
  explicit sender_to(receiver& to) : to_(to) {}
  delivery send(const alert_settings& alert, const outgoing& message, const std::atomic<bool>& stops) override {
    return to_.take(alert.name, message, stops);
  }

private:
  receiver& to_;
};

notice opened(const std::string& stream, std::uint64_t number) {
  notice made;
  made.stream = stream;
  made.number = number;
  made.told = static_cast<std::int64_t>(number);
  made.severity = 60;
  made.line = stream + "#" + std::to_string(number);
  return made;
}

alerts_settings alerts_named(const std::vector<std::string>& names) {
  alerts_settings chosen;
  for (const std::string& name : names) {
    alert_settings& made = chosen.alerts.emplace_back();
    made.name = name;
    made.url = "http://127.0.0.1:9/";
    made.group = 0ms;
    made.per_minute = 6'000;
  }
  return chosen;
}

class alert_desk_of_threads : public testing::Test {
protected:
  alert_desk_of_threads() { std::filesystem::create_directory(folder_); }
  ~alert_desk_of_threads() override {
    desk_.reset();
    std::filesystem::remove_all(folder_);
  }
  void open(const std::vector<std::string>& names) {
    alert_desk::surroundings around;
    around.clock = [] {
      return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
          .count();
    };
    around.sender = [this](const alert_settings&) { return std::make_unique<sender_to>(receiver_); };
    desk_.reset();
    desk_ = std::make_unique<alert_desk>(alerts_named(names), around);
    ASSERT_TRUE(desk_->open((folder_ / "alerts.db").string(), false).ok());
  }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_alert_desk_" + std::to_string(::getpid()));
  receiver receiver_;
  std::unique_ptr<alert_desk> desk_;
};

TEST_F(alert_desk_of_threads, hands_over_what_is_offered) {
  open({"oncall"});
  desk_->offer(opened("a", 1));
  ASSERT_TRUE(receiver_.await(1));
  EXPECT_THAT(receiver_.lines(), ElementsAre("oncall a#1"));
}

TEST_F(alert_desk_of_threads, tries_again_after_a_failure) {
  receiver_.fail(1);
  open({"oncall"});
  desk_->offer(opened("a", 1));
  ASSERT_TRUE(receiver_.await(1));
  EXPECT_EQ(desk_->now().failed, 1U);
}

TEST_F(alert_desk_of_threads, keeps_what_a_dead_receiver_did_not_take_for_the_next_start) {
  receiver_.hang("oncall");
  open({"oncall"});
  for (std::uint64_t i = 1; i <= 1'000; ++i) desk_->offer(opened("a", i));
  ASSERT_TRUE(desk_->flush().ok());
  ASSERT_TRUE(receiver_.await_attempt());
  desk_->stop();
  EXPECT_THAT(receiver_.lines(), IsEmpty());
  receiver_.recover();
  open({"oncall"});
  for (std::uint64_t i = 1; i <= 1'000; ++i) desk_->offer_again(opened("a", i));
  ASSERT_TRUE(desk_->flush().ok());
  ASSERT_TRUE(receiver_.await(1'000));
  const auto lines = receiver_.lines();
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
}

TEST_F(alert_desk_of_threads, lets_one_receiver_hang_and_serves_the_other) {
  receiver_.hang("dead");
  open({"dead", "alive"});
  for (std::uint64_t i = 1; i <= 5; ++i) desk_->offer(opened("a", i));
  ASSERT_TRUE(receiver_.await(5));
  EXPECT_THAT(receiver_.lines(), testing::Each(testing::StartsWith("alive ")));
}

TEST_F(alert_desk_of_threads, takes_other_alerts_while_it_runs) {
  open({});
  EXPECT_FALSE(desk_->is_listening());
  desk_->set(alerts_named({"new"}));
  desk_->offer(opened("a", 1));
  ASSERT_TRUE(receiver_.await(1));
  EXPECT_THAT(receiver_.lines(), ElementsAre("new a#1"));
}

}  // namespace
}  // namespace spindrift
