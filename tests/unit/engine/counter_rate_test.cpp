// Rates of counts: by themselves, and in a stream.
#include "server/engine/counter_rate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <memory>
#include <optional>
#include <string>

#include "common/protocol/encode.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {
namespace {

using result = counter_rate::result;

// The rate, if there is one.
std::optional<double> rate_of(counter_rate& of, double value, std::int64_t ts_ms) {
  if (of.update({&value, 1}, ts_ms) != result::rate) return std::nullopt;
  return value;
}

TEST(counter_rate, is_the_growth_in_a_second) {
  counter_rate rate(1);
  EXPECT_EQ(rate_of(rate, 100, 1'000), std::nullopt);
  EXPECT_EQ(rate_of(rate, 110, 3'000), 5);
  EXPECT_EQ(rate_of(rate, 110, 4'000), 0);
  EXPECT_EQ(rate_of(rate, 111, 4'500), 2);
}

TEST(counter_rate, a_counter_that_begins_anew_has_grown_from_zero) {
  counter_rate rate(1);
  rate_of(rate, 1e6, 0);
  EXPECT_EQ(rate_of(rate, 30, 10'000), 3);
  EXPECT_EQ(rate_of(rate, 40, 20'000), 1);
}

TEST(counter_rate, what_came_in_the_same_moment_counts_for_the_next) {
  counter_rate rate(1);
  rate_of(rate, 0, 1'000);
  EXPECT_EQ(rate_of(rate, 5, 1'000), std::nullopt);
  EXPECT_EQ(rate_of(rate, 10, 2'000), 10);
}

TEST(counter_rate, older_points_are_late_and_change_nothing) {
  counter_rate rate(1);
  rate_of(rate, 10, 1'000);
  double old = 5;
  EXPECT_EQ(rate.update({&old, 1}, 0), result::late);
  EXPECT_EQ(rate_of(rate, 20, 2'000), 10);
}

TEST(counter_rate, stays_finite) {
  counter_rate rate(1);
  rate_of(rate, -1.7e308, 0);
  const std::optional<double> huge = rate_of(rate, 1.7e308, 1);
  ASSERT_TRUE(huge);
  EXPECT_TRUE(std::isfinite(*huge));
}

class counting_stream : public testing::Test {
protected:
  // The verdict's line, as the wire has it.
  std::string send(engine& to, double value, bool is_counter = true) {
    batch work;
    point& sent = work.points.emplace_back();
    sent.stream = "requests_total";
    sent.value = value;
    sent.ts = at_ms_ += 1'000;
    sent.is_counter = is_counter;
    to.observe(work, {at_ms_, at_ms_});
    std::string line;
    encode(work.outcomes.front().what, line);
    return line;
  }

  counters counts_;
  engine_settings settings_;
  std::int64_t at_ms_ = 1'764'000'000'000;
};

TEST_F(counting_stream, is_judged_by_its_rate_and_shows_its_value_as_sent) {
  engine observer(settings_, counts_);
  double total = 0;
  EXPECT_EQ(send(observer, total).find("\"rate\""), std::string::npos);
  for (int i = 0; i < 200; ++i) {
    const std::string line = send(observer, total += 50 + i % 3);
    EXPECT_EQ(line.find("\"anomaly\":true"), std::string::npos) << line;
  }
  const std::string leap = send(observer, total += 500);
  EXPECT_NE(leap.find("\"value\":10699,\"rate\":500,"), std::string::npos) << leap;
  EXPECT_NE(leap.find("\"anomaly\":true"), std::string::npos) << leap;
  // A restart of what counts is none.
  const std::string restarted = send(observer, 51);
  EXPECT_NE(restarted.find("\"value\":51,\"rate\":51,"), std::string::npos) << restarted;
  EXPECT_EQ(restarted.find("\"anomaly\":true"), std::string::npos) << restarted;
}

TEST_F(counting_stream, is_one_from_its_first_point_on) {
  engine observer(settings_, counts_);
  send(observer, 1);
  EXPECT_NE(send(observer, 3, false).find("\"rate\":2,"), std::string::npos);
  at_ms_ = 1'764'000'000'000;
  engine other(settings_, counts_);
  send(other, 1, false);
  EXPECT_EQ(send(other, 3, true).find("\"rate\""), std::string::npos);
}

TEST_F(counting_stream, may_be_named_by_the_operator) {
  settings_.counters_of.emplace_back("*_total");
  engine observer(settings_, counts_);
  send(observer, 1, false);
  EXPECT_NE(send(observer, 3, false).find("\"rate\":2,"), std::string::npos);
}

TEST_F(counting_stream, goes_on_bit_for_bit_from_its_saved_state) {
  engine first(settings_, counts_);
  for (int i = 0; i < 100; ++i) send(first, i * i);
  std::string bytes;
  const auto hash = first.streams().hash_of("requests_total");
  stream* const kept = first.streams().stripe_of(hash).streams.find("requests_total", hash);
  ASSERT_NE(kept, nullptr);
  save_stream(*kept, bytes);
  std::vector<state_loss> losses;
  auto made = restore_stream({"requests_total", stream_state_version, bytes, {}}, first.profile_of(""), losses);
  ASSERT_NE(made, nullptr);
  EXPECT_TRUE(losses.empty());
  engine second(settings_, counts_);
  second.restore(std::move(made), {});
  for (int i = 100; i < 200; ++i) {
    const std::string there = send(first, i * i);
    at_ms_ -= 1'000;
    ASSERT_EQ(send(second, i * i), there);
  }
}

TEST_F(counting_stream, is_one_in_a_replay_as_well) {
  engine first(settings_, counts_);
  engine second(settings_, counts_);
  std::vector<told_event> told;
  std::vector<feature_verdict> by_feature;
  for (int i = 1; i <= 50; ++i) {
    const std::string there = send(first, i * 7);
    point_record record;
    record.subject.stream = "requests_total";
    record.subject.value = i * 7;
    record.subject.ts = at_ms_;
    record.subject.is_counter = true;
    record.n = static_cast<std::uint64_t>(i);
    const auto again = second.replay(record, static_cast<journal_position>(i), {}, told, by_feature);
    ASSERT_TRUE(again);
    std::string line;
    encode(*again, line);
    ASSERT_EQ(line, there);
  }
}

}  // namespace
}  // namespace spindrift
