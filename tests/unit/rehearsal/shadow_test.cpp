// Goal: a shadow compares what other settings tell of live points, from what the live engine has learned on.
// Method: a live engine with a pipeline whose only sink is the shadow; the clock is the test's.
#include "server/rehearsal/shadow.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/pipeline.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

class shadow_beside : public testing::Test {
protected:
  engine_settings only_up() {
    engine_settings made;
    stream_settings own;
    own.match = {"db.*"};
    own.direction = "up";
    made.streams = {own};
    return made;
  }
  void begin(const engine_settings& watched, std::size_t bytes_max = std::size_t{64} << 20U) {
    beside_ = std::make_unique<shadow>(live_, shadow_settings{"new.toml", watched, bytes_max}, [this] { return now_; });
    way_.add_sink(*beside_);
  }
  void send(std::string_view stream, double value) {
    now_.wall_ms += 1'000;
    now_.steady_ms += 1'000;
    taken_.clear();
    point& made = taken_.points.points.emplace_back();
    made.stream = stream;
    made.value = value;
    way_.ingest(taken_, now_);
    way_.publish(taken_);
  }
  void send_usual(std::string_view stream, int count) {
    for (int i = 0; i < count; ++i) send(stream, 100 + static_cast<double>(i * i * 31 % 101) * 0.01);
  }
  notice_comparison::tally told() const { return beside_->now().told; }

  moment now_{1'790'000'000'000, 1'000'000};
  counters counts_;
  engine live_{{}, counts_};
  pipeline way_{live_};
  intake taken_;
  std::unique_ptr<shadow> beside_;
};

TEST_F(shadow_beside, says_which_notices_would_be_gone) {
  begin(only_up());
  send_usual("db.x", 300);
  send("db.x", 20);
  send_usual("db.x", 100);
  send("db.x", 180);
  send_usual("db.x", 10);
  EXPECT_EQ(told().before, 2U);
  EXPECT_EQ(told().gone, 1U);
  EXPECT_EQ(told().same(), 1U);
  EXPECT_THAT(beside_->report_text(), HasSubstr("spike down"));
  EXPECT_THAT(beside_->report_json(), HasSubstr("\"after\":\"new.toml\""));
}

TEST_F(shadow_beside, begins_with_what_the_live_engine_has_learned) {
  send_usual("a", 300);
  begin({});
  send_usual("a", 2);
  send("a", 180);
  send_usual("a", 10);
  EXPECT_EQ(told().before, 1U);
  EXPECT_EQ(told().same(), 1U) << "one that had to learn first would have told nothing";
  EXPECT_EQ(beside_->now().points, 12U) << "with its first point a stream joins";
}

TEST_F(shadow_beside, says_which_notices_would_be_new) {
  live_.watch_with(only_up());
  begin({});
  send_usual("db.x", 300);
  send("db.x", 20);
  send_usual("db.x", 10);
  EXPECT_EQ(told().before, 0U);
  EXPECT_EQ(told().fresh, 1U);
}

TEST_F(shadow_beside, hears_of_silence_when_the_live_engine_does) {
  begin({});
  send_usual("a", 300);
  now_.wall_ms += 600'000;
  now_.steady_ms += 600'000;
  way_.tell_of_silence(0, 1, now_);
  EXPECT_EQ(told().before, 1U);
  EXPECT_EQ(told().same(), 1U);
}

TEST_F(shadow_beside, follows_no_more_streams_than_it_has_room_for) {
  begin({}, std::size_t{100} << 10U);
  for (int i = 0; i < 50; ++i) send("s" + std::to_string(i), 1);
  const shadow::figures seen = beside_->now();
  EXPECT_GT(seen.streams, 0U);
  EXPECT_LT(seen.streams, 10U);
  EXPECT_EQ(seen.streams + seen.streams_left_out, 50U);
  EXPECT_THAT(beside_->report_text(), HasSubstr("were not compared, for want of room"));
}

TEST_F(shadow_beside, follows_a_stream_that_was_evicted_and_came_again) {
  begin({});
  send_usual("a", 300);
  live_.forget_idle(now_.steady_ms + 1, 10, now_);
  send_usual("a", 300);
  send("a", 180);
  send_usual("a", 10);
  EXPECT_EQ(told().before, 1U);
  EXPECT_EQ(told().same(), 1U);
}

TEST_F(shadow_beside, begins_a_new_comparison_when_either_side_has_other_settings) {
  begin(only_up());
  send_usual("db.x", 300);
  send("db.x", 20);
  send_usual("db.x", 5);
  EXPECT_EQ(told().gone, 1U);
  EXPECT_FALSE(beside_->take({}, only_up()));
  EXPECT_EQ(told().gone, 1U);
  EXPECT_TRUE(beside_->take({}, {}));
  EXPECT_EQ(told().before, 0U);
  send_usual("db.x", 100);
  send("db.x", 20);
  send_usual("db.x", 5);
  EXPECT_EQ(told().same(), 1U) << "streams keep what they learned";
}

}  // namespace
}  // namespace spindrift
