// Goal: what a person sets for some streams holds for those, and for no others, from the first point on and after the
// settings are read again. Method: streams with one spike each way are told of under one setting after the other.
#include "server/engine/stream_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_state.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

constexpr std::int64_t start_ms = 1'700'000'000'000;

struct heard {
  std::vector<event> told;
  std::size_t anomalies = 0;
  std::size_t in_events = 0;
};

class stream_settings_test : public testing::Test {
protected:
  static stream_settings entry(std::string match) {
    stream_settings made;
    made.match = {std::move(match)};
    return made;
  }
  static engine_settings with(std::vector<stream_settings> streams) {
    engine_settings made;
    made.streams = std::move(streams);
    return made;
  }
  // A calm stream around 100; one point each of these heights, 200 points apart.
  heard play(engine& observer, const std::string& name, const std::vector<double>& peaks) {
    heard found;
    for (const double peak : peaks) {
      for (int i = 0; i < 200; ++i) send(observer, name, calm(), found);
      send(observer, name, peak, found);
    }
    for (int i = 0; i < 30; ++i) send(observer, name, calm(), found);
    return found;
  }
  void send(engine& observer, const std::string& name, double value, heard& into) {
    batch work;
    point one;
    one.stream = name;
    one.value = value;
    ms_ += 1'000;
    one.ts = start_ms + ms_;
    work.points.push_back(one);
    observer.observe(work, {start_ms + ms_, ms_});
    EXPECT_EQ(work.outcomes[0].why, refusal::none);
    into.anomalies += work.outcomes[0].what.anomaly ? 1U : 0U;
    into.in_events += work.outcomes[0].what.event != 0 ? 1U : 0U;
    for (told_event& said : work.told) {
      if (!said.notice.is_picture_alone) into.told.push_back(std::move(said.notice));
    }
  }

  double calm() { return 100 + noise_.normal(); }

  counters counts_;
  support::noise_source noise_{11};
  std::int64_t ms_ = 0;
};

TEST_F(stream_settings_test, hold_for_the_first_entry_that_takes_the_name_and_defaults_for_the_rest) {
  stream_settings narrow = entry("db.*.latency");
  narrow.threshold = 6;
  stream_settings wide = entry("db.*");
  wide.detectors = {"adwin"};
  const profile_book book(choice_of(with({narrow, wide})));
  EXPECT_EQ(book.entry_of("db.orders.latency"), 0u);
  EXPECT_EQ(book.of("db.orders.latency")->detectors.zscore.threshold, 6);
  EXPECT_EQ(book.entry_of("db.orders.rows"), 1u);
  EXPECT_FALSE(book.of("db.orders.rows")->detectors.zscore_on);
  EXPECT_TRUE(book.of("db.orders.rows")->detectors.adwin_on);
  EXPECT_EQ(book.entry_of("web.latency"), std::nullopt);
  EXPECT_EQ(book.of("web.latency"), book.usual());
}

TEST_F(stream_settings_test, cost_a_stream_nothing_since_profiles_are_shared) {
  engine observer(with({entry("a*")}), counts_);
  play(observer, "a1", {});
  play(observer, "a2", {});
  EXPECT_EQ(observer.profile_of("a1"), observer.profile_of("a2"));
}

TEST_F(stream_settings_test, direction_keeps_what_goes_the_other_way_from_being_flagged_and_told) {
  stream_settings up = entry("up");
  up.direction = "up";
  stream_settings down = entry("down");
  down.direction = "down";
  engine observer(with({up, down}), counts_);
  const heard both = play(observer, "both", {150, 50});
  const heard risen = play(observer, "up", {150, 50});
  const heard fallen = play(observer, "down", {150, 50});
  ASSERT_GE(both.anomalies, 2u);
  EXPECT_EQ(risen.anomalies, 1u);
  EXPECT_EQ(fallen.anomalies, 1u);
  ASSERT_FALSE(risen.told.empty());
  EXPECT_EQ(risen.told[0].direction, event_direction::up);
  ASSERT_FALSE(fallen.told.empty());
  EXPECT_EQ(fallen.told[0].direction, event_direction::down);
  EXPECT_EQ(fallen.told[0].number, 2u) << "numbers are the stream's own: what was held back has one";
}

TEST_F(stream_settings_test, a_least_deviation_keeps_small_ones_quiet) {
  stream_settings absolute = entry("absolute");
  absolute.min_deviation = 60;
  stream_settings relative = entry("relative");
  relative.min_relative = 0.6;
  engine observer(with({absolute, relative}), counts_);
  for (const char* name : {"absolute", "relative"}) {
    const heard found = play(observer, name, {150, 200});
    EXPECT_EQ(found.anomalies, 1u) << name;
    ASSERT_FALSE(found.told.empty()) << name;
    EXPECT_EQ(found.told.front().value, 200) << name;
    EXPECT_EQ(found.told.front().number, found.told.back().number) << name;
    EXPECT_EQ(found.told.front().state, event_state::open) << name;
  }
}

TEST_F(stream_settings_test, kinds_and_severity_hold_back_events_and_no_flags) {
  stream_settings shifts = entry("shifts");
  shifts.kinds = {"shift"};
  stream_settings grave = entry("grave");
  grave.severity = 100;
  engine observer(with({shifts, grave}), counts_);
  for (const char* name : {"shifts", "grave"}) {
    const heard found = play(observer, name, {150, 50});
    EXPECT_GE(found.anomalies, 2u) << name;
    EXPECT_TRUE(found.told.empty()) << name;
    EXPECT_EQ(found.in_events, 0u) << "a point of an event that nobody has heard of names none";
  }
  EXPECT_EQ(counts_.events_open.load(), 0u);
  EXPECT_FALSE(play(observer, "others", {150}).told.empty());
}

TEST_F(stream_settings_test, rate_and_value_go_before_what_the_source_says) {
  stream_settings counted = entry("count");
  counted.as = value_reading::rate;
  engine observer(with({counted}), counts_);
  batch work;
  for (int i = 1; i <= 3; ++i) {
    work.clear();
    point one;
    one.stream = "count";
    one.value = 10.0 * i;
    one.ts = start_ms + i * 1'000;
    work.points.push_back(one);
    observer.observe(work, {start_ms, i * 1'000});
  }
  ASSERT_TRUE(work.outcomes[0].what.rate.has_value());
  EXPECT_EQ(*work.outcomes[0].what.rate, 10);
}

TEST_F(stream_settings_test, unit_and_title_are_in_the_texts) {
  stream_settings named = entry("db.*.latency");
  named.unit = "ms";
  named.title = "Latency of {1}";
  engine observer(with({named}), counts_);
  const heard found = play(observer, "db.orders.latency", {150});
  ASSERT_FALSE(found.told.empty());
  EXPECT_THAT(found.told[0].text, HasSubstr("Latency of orders: spike up to 150 ms, expected "));
}

TEST_F(stream_settings_test, silence_is_a_streams_own) {
  stream_settings never = entry("never");
  never.silence = engine_settings::silent_never;
  stream_settings soon = entry("soon");
  soon.silence = std::chrono::seconds(40);
  engine observer(with({never, soon}), counts_);
  play(observer, "never", {});
  play(observer, "soon", {});
  batch told;
  for (std::size_t stripe = 0; stripe < stream_table::stripe_count; ++stripe) {
    observer.tell_of_silence(stripe, {start_ms + ms_ + 50'000, ms_ + 50'000}, 10, told);
  }
  ASSERT_EQ(told.told.size(), 1u);
  EXPECT_EQ(told.points[0].stream, "soon");
}

TEST_F(stream_settings_test, read_again_hold_from_the_next_point_on_and_nothing_is_forgotten) {
  engine observer({}, counts_);
  heard found = play(observer, "s", {});
  play(observer, "other", {});
  stream_settings quiet = entry("s");
  quiet.threshold = 900'000;
  observer.watch_with(with({quiet}));
  send(observer, "s", 150, found);
  EXPECT_EQ(found.anomalies, 0u) << "the new threshold holds";
  observer.watch_with({});
  heard then;
  for (int i = 0; i < 20; ++i) send(observer, "s", calm(), then);
  send(observer, "s", 160, then);
  EXPECT_EQ(then.anomalies, 1u) << "the baseline is what it was";
}

TEST_F(stream_settings_test, that_are_the_same_when_read_again_change_no_verdict) {
  engine observer(with({entry("s")}), counts_);
  engine left_alone(with({entry("s")}), counts_);
  for (int i = 0; i < 300; ++i) {
    if (i % 50 == 49) observer.watch_with(with({entry("t"), entry("s")}));
    std::vector<verdict> both;
    for (engine* one : {&observer, &left_alone}) {
      batch work;
      point sent;
      sent.stream = "s";
      sent.value = 100 + std::sin(i * 1.7) + (i % 70 == 69 ? 40 : 0);
      sent.ts = start_ms + i * 1'000;
      work.points.push_back(sent);
      one->observe(work, {start_ms, i * 1'000});
      both.push_back(work.outcomes[0].what);
    }
    EXPECT_EQ(both[0].z, both[1].z) << i;
    EXPECT_EQ(both[0].score, both[1].score) << i;
    EXPECT_EQ(both[0].event, both[1].event) << i;
  }
}

TEST_F(stream_settings_test, with_other_detectors_the_reckoning_of_memory_follows) {
  engine observer({}, counts_);
  play(observer, "s", {});
  const std::size_t before = observer.grown_bytes();
  stream_settings few = entry("s");
  few.detectors = {"zscore"};
  observer.watch_with(with({few}));
  play(observer, "s", {});
  EXPECT_LT(observer.grown_bytes(), before);
  EXPECT_EQ(observer.grown_bytes(), observer.profile_of("s")->grown_bytes(1));
}

TEST_F(stream_settings_test, an_event_told_before_the_rules_is_closed_all_the_same) {
  engine observer({}, counts_);
  heard found = play(observer, "s", {100});
  for (int i = 0; i < 12; ++i) send(observer, "s", 150, found);
  ASSERT_FALSE(found.told.empty());
  stream_settings none = entry("s");
  none.severity = 100;
  observer.watch_with(with({none}));
  heard then;
  for (int i = 0; i < 1'500; ++i) send(observer, "s", 50 + calm(), then);
  ASSERT_FALSE(then.told.empty());
  EXPECT_EQ(then.told.back().state, event_state::closed);
  EXPECT_EQ(counts_.events_open.load(), 0u);
}

TEST(title, has_what_the_stars_stand_for) {
  EXPECT_EQ(title_of("Latency of {1}", "db.*.latency", "db.orders.latency"), "Latency of orders");
  EXPECT_EQ(title_of("{2} on {1}", "*/*", "host/cpu"), "cpu on host");
  EXPECT_EQ(title_of("{3}{x}{", "a*", "abc"), "{x}{");
}

}  // namespace
}  // namespace spindrift
