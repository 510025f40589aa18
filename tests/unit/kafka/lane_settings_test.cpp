// What a lane is told of the worker's settings.
#include "server/kafka/lane_settings.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "server/kafka/settings.hpp"

namespace spindrift::kafka {
namespace {

TEST(lane_settings_of_a_worker, divide_streams_by_partitions_and_leave_each_at_least_one) {
  kafka_settings settings;
  settings.engine.streams_max = 100;
  EXPECT_EQ(lane_settings_of(settings, 0, 8).engine.streams_max, 12U);
  EXPECT_EQ(lane_settings_of(settings, 0, 8).partitions, 8);
  EXPECT_EQ(lane_settings_of(settings, 0, 4'096).engine.streams_max, 1U);
  EXPECT_EQ(lane_settings_of(settings, 0, 0).engine.streams_max, 100U);
}

TEST(kafka_settings, have_a_heartbeat_that_is_shorter_where_the_session_is) {
  kafka_settings settings;
  const auto heartbeat_at = [&](int session_ms) {
    settings.session_timeout = std::chrono::milliseconds(session_ms);
    return settings.heartbeat().count();
  };
  EXPECT_EQ(settings.heartbeat().count(), 3'000);
  EXPECT_EQ(heartbeat_at(45'000), 3'000);
  EXPECT_EQ(heartbeat_at(8'000), 2'000);
  EXPECT_EQ(heartbeat_at(6'000), 1'000);
  EXPECT_EQ(heartbeat_at(1'500), 500) << "librdkafka wants it well below";
}

TEST(lane_settings_of_a_worker, have_an_owner_of_their_own_each) {
  kafka_settings settings;
  settings.group = "g";
  settings.worker_id = "w";
  EXPECT_EQ(lane_settings_of(settings, 0, 1).owner, "g.w.0");
  EXPECT_EQ(lane_settings_of(settings, 7, 1).owner, "g.w.7");
}

TEST(lane_settings_of_a_worker, say_what_is_done_and_what_is_written) {
  kafka_settings settings;
  const worker::lane_settings usual = lane_settings_of(settings, 0, 1);
  EXPECT_EQ(usual.delivery, worker::delivery_level::exactly_once);
  EXPECT_EQ(usual.on_bad, worker::bad_line_rule::dead_letter);
  EXPECT_EQ(usual.on_offset_lost, worker::offset_lost_rule::stop);
  EXPECT_TRUE(usual.writes_verdicts && usual.writes_events);
  settings.exactly_once = false;
  settings.stops_on_bad = settings.skips_lost_offsets = settings.accepts_repartition = true;
  settings.topics.verdicts = kafka_settings::off;
  const worker::lane_settings other = lane_settings_of(settings, 0, 1);
  EXPECT_EQ(other.delivery, worker::delivery_level::at_least_once);
  EXPECT_EQ(other.on_bad, worker::bad_line_rule::stop);
  EXPECT_EQ(other.on_offset_lost, worker::offset_lost_rule::skip);
  EXPECT_TRUE(other.accepts_repartition);
  EXPECT_FALSE(other.writes_verdicts);
  EXPECT_TRUE(other.writes_events);
}

TEST(lane_settings_of_a_worker, wait_longer_than_a_transaction_and_a_session_together) {
  kafka_settings settings;
  EXPECT_EQ(lane_settings_of(settings, 0, 1).wait_max, std::chrono::seconds(30));
  settings.transaction_timeout = std::chrono::seconds(60);
  settings.session_timeout = std::chrono::seconds(45);
  EXPECT_EQ(lane_settings_of(settings, 0, 1).wait_max, std::chrono::seconds(105));
}

TEST(lane_settings_of_a_worker, write_the_newest_state_unless_another_was_asked_for) {
  kafka_settings settings;
  EXPECT_EQ(lane_settings_of(settings, 0, 1).state_version, stream_state_version);
  settings.state_version = 1;
  EXPECT_EQ(lane_settings_of(settings, 0, 1).state_version, 1U);
}

}  // namespace
}  // namespace spindrift::kafka
