#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/stream.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

// What is told of streams without a point of theirs.
class silence_test : public testing::Test {
protected:
  static engine_settings told_after(std::chrono::milliseconds limit) {
    engine_settings settings;
    settings.detectors.ensemble_on = settings.detectors.adwin_on = false;
    settings.silent_after = limit;
    return settings;
  }
  // A point a second, up to this time on the steady clock.
  void feed(engine& by, int points) {
    for (int i = 0; i < points; ++i) {
      point made;
      made.stream = "a";
      made.value = i % 3;
      made.ts = 1'764'000'000'000 + now_ms_;
      batch_.clear();
      batch_.points = {made};
      by.observe(batch_, {*made.ts, now_ms_});
      now_ms_ += 1'000;
    }
  }
  std::vector<event> sweep(engine& by) {
    batch told;
    for (std::size_t stripe = 0; stripe < stream_table::stripe_count; ++stripe) {
      by.tell_of_silence(stripe, {0, now_ms_}, 100, told);
    }
    return events_of(told);
  }
  std::vector<event> refuse(engine& by, int times) {
    batch told;
    for (int i = 0; i < times; ++i) by.hear_refused("a", {0, now_ms_}, told);
    return events_of(told);
  }
  static std::vector<event> events_of(const batch& told) {
    std::vector<event> found;
    for (const told_event& said : told.told) {
      EXPECT_EQ(told.points[said.point].stream, "a");
      EXPECT_EQ(told.outcomes[said.point].why, refusal::nothing_sent);
      found.push_back(said.notice);
    }
    return found;
  }

  std::int64_t now_ms_ = 0;
  batch batch_;
};

TEST_F(silence_test, is_told_once_when_it_is_longer_than_the_streams_habit_and_closed_by_the_next_point) {
  counters counts;
  engine by(told_after(engine_settings::silent_by_habit), counts);
  feed(by, 100);
  now_ms_ += 20'000;
  EXPECT_TRUE(sweep(by).empty()) << "less than 30 s is no silence";
  now_ms_ += 3'600'000;
  const auto told = sweep(by);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::silent);
  EXPECT_EQ(told[0].from_n, 100U);
  EXPECT_TRUE(sweep(by).empty());
  EXPECT_EQ(read(counts.streams_silent), 1U);
  EXPECT_EQ(read(counts.events[static_cast<std::size_t>(event_kind::silent)]), 1U);
  feed(by, 1);
  ASSERT_EQ(batch_.told.size(), 1U);
  EXPECT_EQ(batch_.told[0].notice.state, event_state::closed);
  EXPECT_EQ(read(counts.streams_silent), 0U);
  EXPECT_EQ(read(counts.events_open), 0U);
}

TEST_F(silence_test, is_told_by_the_setting_or_not_at_all) {
  counters counts;
  engine soon(told_after(std::chrono::seconds(2)), counts);
  feed(soon, 100);
  now_ms_ += 3'000;
  EXPECT_EQ(sweep(soon).size(), 1U);
  engine never(told_after(engine_settings::silent_never), counts);
  feed(never, 100);
  now_ms_ += 1'000'000'000;
  EXPECT_TRUE(sweep(never).empty());
}

TEST_F(silence_test, of_a_stream_whose_points_are_refused_is_told_as_unreadable) {
  counters counts;
  engine by(told_after(engine_settings::silent_by_habit), counts);
  feed(by, 100);
  EXPECT_TRUE(refuse(by, 50).empty()) << "not for long yet";
  now_ms_ += 3'600'000;
  EXPECT_EQ(refuse(by, 1).size(), 1U);
  EXPECT_TRUE(sweep(by).empty());
  EXPECT_TRUE(refuse(by, 10).empty()) << "told once";
  now_ms_ += 3'600'000;
  feed(by, 1);
  now_ms_ += 10'000'000'000;
  ASSERT_EQ(sweep(by).size(), 1U);
  EXPECT_EQ(read(counts.streams_silent), 1U);
  ASSERT_EQ(refuse(by, 20).size(), 1U) << "what was told as silence turns out to be that";
  EXPECT_EQ(read(counts.streams_silent), 0U);
  EXPECT_EQ(read(counts.events_open), 1U);
}

// Keeps notes as the journal would.
class noting_journal : public point_journal {
public:
  bool append(const batch& /*points*/) override { return true; }
  bool forget(stream& /*gone*/) override { return true; }
  bool note(stream& of, const stream_note& said) override {
    if (refuses) return false;
    notes.emplace_back(of.name, said);
    return true;
  }
  bool refuses = false;
  std::vector<std::pair<std::string, stream_note>> notes;
};

TEST_F(silence_test, and_marks_are_journalled_and_said_again_by_replay) {
  counters counts;
  noting_journal log;
  engine by(told_after(engine_settings::silent_by_habit), counts, &log);
  engine again(told_after(engine_settings::silent_by_habit), counts);
  feed(by, 100);
  now_ms_ = 0;
  feed(again, 100);
  now_ms_ += 3'600'000;
  log.refuses = true;
  EXPECT_TRUE(sweep(by).empty()) << "what cannot be journalled is not told";
  event like;
  like.kind = event_kind::spike;
  like.value = 3;
  EXPECT_EQ(by.mark("a", like, true), engine::marking::refused);
  log.refuses = false;
  const auto told = sweep(by);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(by.mark("a", like, true), engine::marking::done);
  EXPECT_EQ(by.mark("b", like, true), engine::marking::unknown);
  ASSERT_EQ(log.notes.size(), 2U);
  std::vector<told_event> repeated;
  for (const auto& [name, said] : log.notes) again.replay_note(name, said, 1, repeated);
  ASSERT_EQ(repeated.size(), 1U);
  EXPECT_EQ(repeated[0].notice.told, told[0].told);
  EXPECT_EQ(repeated[0].notice.severity, told[0].severity);
}

}  // namespace
}  // namespace spindrift
