// What becomes of events, by the book: routed, told once, grouped, held, silenced, said again.
#include "server/alerts/alert_clerk.hpp"

#include <gtest/gtest.h>

namespace spindrift {
namespace {

constexpr std::int64_t now_ms = 1'764'000'000'000;
using names = std::vector<std::string>;

alert_settings alert_named(std::string name) {
  alert_settings made;
  made.name = std::move(name);
  made.url = "http://127.0.0.1:9/";
  return made;
}

notice said(const std::string& stream, std::uint64_t number, event_state state, int severity = 60) {
  notice made;
  made.stream = stream;
  made.number = number;
  made.told = now_ms + static_cast<std::int64_t>(number);
  made.state = state;
  made.kind = event_kind::shift;
  made.severity = severity;
  made.is_over = state == event_state::closed;
  made.line = stream + "#" + std::to_string(number) + " " + std::string(name_of(state));
  return made;
}

class alert_clerk_at_work : public testing::Test {
protected:
  alert_clerk_at_work() { EXPECT_TRUE(book_.open(":memory:", false).ok()); }

  void employ(alerts_settings chosen, chosen_alert by_stream = {}) {
    clerk_ = std::make_unique<alert_clerk>(book_, alert_routes(std::move(chosen), std::move(by_stream)));
  }
  void employ(alert_settings only) {
    alerts_settings chosen;
    chosen.alerts.push_back(std::move(only));
    employ(std::move(chosen));
  }
  void take(const notice& told, std::int64_t at = now_ms) {
    EXPECT_TRUE(book_.begin().ok());
    clerk_->take(told, at);
    clerk_->save();
    EXPECT_EQ(book_.commit().text(), storage_status{}.text());
  }
  void tick(std::int64_t at) {
    EXPECT_TRUE(book_.begin().ok());
    clerk_->tick(at);
    EXPECT_TRUE(book_.commit().ok());
  }
  // The lines of the next message, which is acknowledged.
  names next(const std::string& alert, std::int64_t at = now_ms + 3'600'000) {
    const alert_book::message found = book_.next(alert, at);
    names lines;
    for (const queued_notice& one : found.notices) lines.push_back(one.what.line);
    if (found.id != 0) book_.acknowledge(alert, found.id);
    return lines;
  }

  alert_book book_;
  std::unique_ptr<alert_clerk> clerk_;
};

TEST_F(alert_clerk_at_work, tells_of_the_beginning_and_of_the_end) {
  employ(alert_named("oncall"));
  take(said("pump.7", 1, event_state::open));
  EXPECT_EQ(next("oncall"), names{"pump.7#1 open"});
  take(said("pump.7", 1, event_state::closed), now_ms + 5'000);
  EXPECT_EQ(next("oncall"), names{"pump.7#1 closed"});
  EXPECT_EQ(book_.queued(), 0U);
}

TEST_F(alert_clerk_at_work, tells_nothing_twice_that_replay_says_again) {
  employ(alert_named("oncall"));
  for (int i = 0; i < 2; ++i) {
    take(said("a", 1, event_state::open));
    take(said("a", 1, event_state::closed));
  }
  take(said("a", 1, event_state::open));
  EXPECT_EQ(next("oncall"), (names{"a#1 open", "a#1 closed"}));
}

TEST_F(alert_clerk_at_work, tells_of_an_event_of_the_same_number_after_its_stream_began_anew) {
  employ(alert_named("oncall"));
  take(said("a", 1, event_state::open));
  notice again = said("a", 1, event_state::open);
  again.told += 100'000;
  take(again);
  EXPECT_EQ(next("oncall").size(), 2U);
}

TEST_F(alert_clerk_at_work, gives_each_alert_what_it_asks_for) {
  alerts_settings chosen;
  chosen.alerts = {alert_named("db"), alert_named("bad"), alert_named("spikes")};
  chosen.alerts[0].match = {"db.*", "cache"};
  chosen.alerts[1].severity = 70;
  chosen.alerts[2].kinds = {"spike"};
  employ(chosen);
  take(said("db.read", 1, event_state::open, 69));
  take(said("web", 1, event_state::open, 70));
  take(said("cache", 1, event_state::open, 1));
  EXPECT_EQ(next("db"), (names{"db.read#1 open", "cache#1 open"}));
  EXPECT_EQ(next("bad"), names{"web#1 open"});
  EXPECT_EQ(next("spikes"), names{});
}

TEST_F(alert_clerk_at_work, sends_a_stream_with_an_alert_of_its_own_there_alone) {
  alerts_settings chosen;
  chosen.alerts = {alert_named("everybody"), alert_named("oncall")};
  chosen.alerts[1].match = {"nothing"};
  employ(chosen, [](std::string_view stream) { return std::string(stream == "db" ? "oncall" : ""); });
  take(said("db", 1, event_state::open));
  take(said("web", 1, event_state::open));
  EXPECT_EQ(next("oncall"), names{"db#1 open"});
  EXPECT_EQ(next("everybody"), names{"web#1 open"});
}

TEST_F(alert_clerk_at_work, tells_of_an_event_that_becomes_bad_enough_later) {
  alert_settings only = alert_named("oncall");
  only.severity = 80;
  employ(only);
  take(said("a", 1, event_state::open, 40));
  EXPECT_EQ(next("oncall"), names{});
  take(said("a", 1, event_state::update, 85));
  take(said("a", 1, event_state::update, 90));
  take(said("a", 1, event_state::closed, 90));
  EXPECT_EQ(next("oncall"), (names{"a#1 update", "a#1 closed"}));
}

TEST_F(alert_clerk_at_work, makes_one_message_of_forty_streams_that_went_at_once) {
  alert_settings only = alert_named("oncall");
  only.group = std::chrono::seconds(30);
  employ(only);
  for (int i = 0; i < 40; ++i) take(said("host." + std::to_string(i), 1, event_state::open), now_ms + i * 100);
  EXPECT_EQ(next("oncall", now_ms + 29'999), names{});
  EXPECT_EQ(next("oncall", now_ms + 30'000).size(), 40U);
  take(said("late", 1, event_state::open), now_ms + 31'000);
  EXPECT_EQ(next("oncall", now_ms + 60'000), names{});
  EXPECT_EQ(next("oncall", now_ms + 61'000), names{"late#1 open"});
}

TEST_F(alert_clerk_at_work, sends_what_was_tried_again_in_the_same_company) {
  employ(alert_named("oncall"));
  take(said("a", 1, event_state::open));
  const auto tried = book_.next("oncall", now_ms + 10'000);
  take(said("b", 1, event_state::open), now_ms + 11'000);
  const auto again = book_.next("oncall", now_ms + 60'000);
  EXPECT_EQ(again.id, tried.id);
  EXPECT_EQ(again.notices.size(), 1U);
}

TEST_F(alert_clerk_at_work, holds_back_what_the_budget_does_not_let_through) {
  alert_settings only = alert_named("oncall");
  only.budget = 5;
  employ(only);
  take(said("a", 1, event_state::open, 50));
  take(said("b", 1, event_state::open, 90));
  take(said("a", 1, event_state::closed, 50));
  EXPECT_EQ(next("oncall"), names{"b#1 open"});
  EXPECT_EQ(clerk_->take_tally().held, 1U);
  const auto marks = clerk_->take_marks();
  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].of.stream, "a");
  EXPECT_TRUE(marks[0].is_held);
}

TEST_F(alert_clerk_at_work, tells_of_what_was_held_back_once_it_becomes_worse) {
  alert_settings only = alert_named("oncall");
  only.budget = 5;
  employ(only);
  take(said("a", 1, event_state::open, 50));
  take(said("a", 1, event_state::update, 88));
  EXPECT_EQ(next("oncall"), names{"a#1 update"});
  const auto marks = clerk_->take_marks();
  ASSERT_EQ(marks.size(), 2U);
  EXPECT_FALSE(marks[1].is_held);
}

TEST_F(alert_clerk_at_work, keeps_what_the_budget_learned_when_it_is_employed_anew) {
  alert_settings only = alert_named("oncall");
  only.budget = 1;
  only.group = std::chrono::milliseconds(0);
  employ(only);
  take(said("a", 1, event_state::open, 90));
  employ(only);
  take(said("b", 1, event_state::open, 90), now_ms + 60'000);
  EXPECT_EQ(next("oncall"), names{"a#1 open"});
}

TEST_F(alert_clerk_at_work, is_silent_while_something_is_worked_on_and_tells_of_what_lasts) {
  alerts_settings chosen;
  chosen.alerts = {alert_named("oncall")};
  chosen.maintenances = {{{"db.*"}, now_ms - 1'000, now_ms + 60'000}};
  employ(chosen);
  take(said("db.a", 1, event_state::open));
  take(said("db.b", 1, event_state::open));
  take(said("web", 1, event_state::open));
  take(said("db.a", 1, event_state::closed), now_ms + 10'000);
  tick(now_ms + 30'000);
  EXPECT_EQ(next("oncall"), names{"web#1 open"});
  tick(now_ms + 60'000);
  EXPECT_EQ(next("oncall"), names{"db.b#1 open"});
  EXPECT_EQ(clerk_->take_tally().silenced, 2U);
}

TEST_F(alert_clerk_at_work, says_again_what_lasts) {
  alert_settings only = alert_named("oncall");
  only.repeat = std::chrono::hours(4);
  employ(only);
  take(said("a", 1, event_state::open));
  EXPECT_EQ(next("oncall").size(), 1U);
  tick(now_ms + 4 * 3'600'000 - 1);
  EXPECT_EQ(next("oncall", now_ms + 5 * 3'600'000), names{});
  tick(now_ms + 4 * 3'600'000);
  EXPECT_EQ(next("oncall", now_ms + 5 * 3'600'000), names{"a#1 open"});
  take(said("a", 1, event_state::closed), now_ms + 5 * 3'600'000);
  EXPECT_EQ(next("oncall", now_ms + 6 * 3'600'000), names{"a#1 closed"});
  tick(now_ms + 20 * 3'600'000);
  EXPECT_EQ(book_.queued(), 0U);
}

TEST_F(alert_clerk_at_work, counts_what_the_queue_has_no_room_for) {
  employ(alert_named("oncall"));
  EXPECT_TRUE(book_.begin().ok());
  for (std::size_t i = 0; i <= alert_book::queue_max; ++i) clerk_->take(said("a", i + 1, event_state::open), now_ms);
  EXPECT_TRUE(book_.commit().ok());
  EXPECT_EQ(clerk_->take_tally().dropped, 1U);
  EXPECT_EQ(book_.queued(), alert_book::queue_max);
}

TEST_F(alert_clerk_at_work, drops_what_was_queued_for_an_alert_that_is_gone) {
  employ(alert_named("oncall"));
  take(said("a", 1, event_state::open));
  EXPECT_EQ(book_.drop_others({"oncall"}), 0U);
  EXPECT_EQ(book_.drop_others({"another"}), 1U);
  EXPECT_EQ(book_.queued(), 0U);
}

}  // namespace
}  // namespace spindrift
