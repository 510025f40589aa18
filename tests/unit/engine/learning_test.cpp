#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

constexpr std::int64_t start_ms = 1'764'000'000'000;
constexpr std::int64_t year_ms = 365LL * 86'400'000;

// A stream that learns from its past before it is watched.
class learning_test : public testing::Test {
protected:
  static double wave(int i) { return 20 + i % 7 + 0.25 * (i % 3); }

  verdict feed(engine& by, double value, bool is_learned) {
    point made{.stream = "a", .value = value, .ts = ts_, .is_learned = is_learned};
    batch_.clear();
    batch_.points = {made};
    by.observe(batch_, {ts_, steady_ms_});
    ts_ += 1'000;
    steady_ms_ += 1'000;
    EXPECT_EQ(batch_.outcomes[0].why, refusal::none);
    for (const told_event& said : batch_.told) told_.push_back(said.notice);
    return batch_.outcomes[0].what;
  }
  // A past with an outage in it, and one that has just begun.
  void live_through(engine& by, int points = 600) {
    for (int i = 0; i < points; ++i) {
      const bool is_out = i / 40 == 10 || i >= points - 20;
      const verdict judged = feed(by, is_out ? -500 : wave(i), true);
      EXPECT_FALSE(judged.anomaly || judged.alarm || judged.drift || judged.event != 0) << i;
      EXPECT_TRUE(judged.subject.is_learned);
    }
  }
  static stream& only_stream(engine& of) { return *of.streams().lock({"a", of.streams().hash_of("a")}).found; }

  batch batch_;
  counters counts_;
  std::int64_t ts_ = start_ms;
  std::int64_t steady_ms_ = 0;
  std::vector<event> told_;
};

TEST_F(learning_test, tells_nobody_of_the_past) {
  engine watched({}, counts_);
  live_through(watched);
  EXPECT_TRUE(told_.empty());
  EXPECT_EQ(counts_.points.load(), 600U);
  EXPECT_EQ(counts_.anomalies.load() + counts_.drifts.load() + counts_.alarms.load(), 0U);
  EXPECT_EQ(counts_.events_open.load(), 0U);
}

TEST_F(learning_test, begins_the_present_without_warmup_and_knows_what_is_usual) {
  engine watched({}, counts_);
  for (int i = 0; i < 400; ++i) feed(watched, wave(i), true);
  const verdict first = feed(watched, wave(400), false);
  EXPECT_EQ(first.n, 401U);
  EXPECT_FALSE(first.warmup || first.anomaly);
  for (int i = 401; i < 410; ++i) feed(watched, wave(i), false);
  EXPECT_TRUE(told_.empty());
  EXPECT_TRUE(feed(watched, 500, false).anomaly);
}

TEST_F(learning_test, says_nothing_of_the_time_between_past_and_present) {
  engine watched({}, counts_);
  live_through(watched);
  steady_ms_ += 86'400'000;
  for (std::size_t stripe = 0; stripe < stream_table::stripe_count; ++stripe) {
    batch told;
    watched.tell_of_silence(stripe, {0, steady_ms_}, 100, told);
    EXPECT_TRUE(told.told.empty());
  }
  ts_ += year_ms;
  for (int i = 0; i < 20; ++i) feed(watched, wave(i), false);
  for (const event& notice : told_) EXPECT_NE(notice.kind, event_kind::silent) << notice.text;
  EXPECT_EQ(counts_.streams_silent.load(), 0U);
}

// An event that was told before the past came ends as any other: who heard of its beginning hears of its end.
TEST_F(learning_test, closes_what_was_told_before) {
  engine watched({}, counts_);
  for (int i = 0; i < 300; ++i) feed(watched, wave(i), false);
  for (int i = 0; i < 12; ++i) feed(watched, 90, false);
  ASSERT_FALSE(told_.empty());
  const std::uint64_t number = told_.front().number;
  for (int i = 0; i < 700; ++i) feed(watched, wave(i), true);
  const event& last = told_.back();
  EXPECT_EQ(last.number, number);
  EXPECT_TRUE(last.state == event_state::closed || last.to_n);
  EXPECT_EQ(counts_.events_open.load(), 0U);
}

// Saved in the middle of the past, with an event open in it, a stream goes on as if nothing had happened.
TEST_F(learning_test, goes_on_from_its_saved_state) {
  engine one({}, counts_);
  live_through(one);
  stream& saved = only_stream(one);
  std::string bytes;
  save_stream(saved, bytes);
  std::vector<state_loss> losses;
  auto loaded = restore_stream({"a", stream_state_version, bytes, {}}, one.profile_of("a"), losses);
  ASSERT_TRUE(loaded);
  EXPECT_TRUE(losses.empty());
  EXPECT_TRUE(loaded->is_learning());
  counters counts;
  engine other({}, counts);
  other.restore(std::move(loaded), {ts_, steady_ms_});
  EXPECT_EQ(counts.events_open.load(), 0U);
  const std::int64_t then_ms = ts_;
  for (int i = 0; i < 60; ++i) {
    ts_ = then_ms + year_ms + i * 1'000;
    told_.clear();
    const verdict expected = feed(one, wave(i), false);
    std::vector<event> told_by_one = std::exchange(told_, {});
    ts_ = then_ms + year_ms + i * 1'000;
    const verdict judged = feed(other, wave(i), false);
    EXPECT_EQ(judged.z, expected.z);
    ASSERT_EQ(told_.size(), told_by_one.size());
    for (std::size_t k = 0; k < told_.size(); ++k) EXPECT_EQ(told_[k].text, told_by_one[k].text);
  }
  bytes.clear();
  save_stream(only_stream(one), bytes);
  std::string again;
  save_stream(only_stream(other), again);
  EXPECT_EQ(bytes, again);
  EXPECT_FALSE(only_stream(other).is_learning());
}

// Replay knows of each point whether it was told.
TEST_F(learning_test, is_replayed_as_it_was) {
  engine one({}, counts_);
  live_through(one);
  engine other({}, counts_);
  std::vector<told_event> told;
  std::vector<feature_verdict> by_feature;
  for (int i = 0; i < 600; ++i) {
    const bool is_out = i / 40 == 10 || i >= 580;
    point_record record;
    record.subject = {.stream = "a", .value = is_out ? -500 : wave(i), .ts = start_ms + i * 1'000, .is_learned = true};
    record.n = static_cast<std::uint64_t>(i) + 1;
    ASSERT_TRUE(other.replay(record, record.n, {0, 0}, told, by_feature));
  }
  EXPECT_TRUE(told.empty());
  std::string bytes;
  std::string again;
  save_stream(only_stream(one), bytes);
  save_stream(only_stream(other), again);
  EXPECT_EQ(bytes, again);
}

}  // namespace
}  // namespace spindrift
