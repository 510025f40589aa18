#include "visualizer/subscription/feed_reader.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "common/model/verdict.hpp"
#include "tests/support/wire.hpp"

namespace spindrift {
namespace {

class viewer_feed : public testing::Test {
protected:
  template <class Item>
  const Item* read(const std::string& line) {
    line_.emplace(line);
    item_ = reader_.read(line_->view());
    return std::get_if<Item>(&item_);
  }

  std::optional<support::padded_text> line_;
  feed_reader reader_;
  feed_item item_;
};

TEST_F(viewer_feed, reads_a_verdict_of_one_value) {
  const auto* const read_point = read<judged_point>(
      R"({"type":"verdict","stream":"cpu","n":7,"ts":1764000123000,"value":0.42,"expected":0.4,"sigma":0.1,"z":0.2})");
  ASSERT_NE(read_point, nullptr);
  EXPECT_EQ(read_point->judged->n, 7U);
  EXPECT_EQ(read_point->judged->expected, 0.4);
  EXPECT_TRUE(read_point->bands.empty());
}

TEST_F(viewer_feed, reads_the_numbers_of_one_feature) {
  const auto* const read_point =
      read<judged_point>(R"({"type":"verdict","stream":"s","n":1,"values":{"a":1,"b":2},"feature":"b",)"
                         R"("expected":3.4,"sigma":0.5,"z":-2.8})");
  ASSERT_NE(read_point, nullptr);
  EXPECT_EQ(read_point->judged->expected, 3.4);
  EXPECT_TRUE(read_point->bands.empty());
}

TEST_F(viewer_feed, reads_the_numbers_of_every_feature_in_any_order) {
  const auto* const read_point =
      read<judged_point>(R"({"type":"verdict","stream":"s","n":1,"values":{"a":1,"b":2},"feature":"b",)"
                         R"("expected":{"b":3.4,"a":1.2},"sigma":{"a":0.1,"b":0.5},"z":{"a":-2,"b":-2.8}})");
  ASSERT_NE(read_point, nullptr);
  ASSERT_EQ(read_point->bands.size(), 2U);
  EXPECT_EQ(read_point->bands[0].expected, 1.2);
  EXPECT_EQ(read_point->bands[0].sigma, 0.1);
  EXPECT_EQ(read_point->bands[1].z, -2.8);
  EXPECT_TRUE(read_point->bands[1].is_known);
  EXPECT_EQ(read_point->judged->expected, 3.4) << "of the feature that counts";
}

TEST_F(viewer_feed, knows_no_band_of_a_feature_that_was_left_out_or_is_no_number) {
  const auto* const read_point =
      read<judged_point>(R"({"type":"verdict","stream":"s","n":1,"values":{"a":1,"b":2,"c":3},)"
                         R"("expected":{"a":1.2,"c":null,"x":5},"sigma":{"a":0.1,"b":0.5,"c":1}})");
  ASSERT_NE(read_point, nullptr);
  ASSERT_EQ(read_point->bands.size(), 3U);
  EXPECT_TRUE(read_point->bands[0].is_known);
  EXPECT_FALSE(read_point->bands[1].is_known);
  EXPECT_FALSE(read_point->bands[2].is_known);
}

TEST_F(viewer_feed, forgets_the_bands_of_the_verdict_before) {
  read<judged_point>(
      R"({"type":"verdict","stream":"s","n":1,"values":{"a":1},"expected":{"a":1.2},"sigma":{"a":0.1},"z":{"a":1}})");
  const auto* const read_point =
      read<judged_point>(R"({"type":"verdict","stream":"s","n":2,"values":{"a":1},"expected":{"a":1.3}})");
  ASSERT_NE(read_point, nullptr);
  EXPECT_FALSE(read_point->bands[0].is_known);
  EXPECT_EQ(read_point->bands[0].z, 0);
}

TEST_F(viewer_feed, reads_an_event_that_goes_on) {
  const auto* const told = read<stream_event>(
      R"({"type":"event","event":17,"stream":"pump.7","state":"open","kind":"shift","direction":"up",)"
      R"("feature":"temperature","severity":63,"told_n":1203,"told":1764000123000,"from_n":1195,"from":1764000115000,)"
      R"("to_n":null,"to":null,"points":9,"value":26.5,"expected":21.1,"before":21.0,"after":26.4,)"
      R"("text":"level rose from 21.0 to 26.4"})");
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->number, 17U);
  EXPECT_EQ(told->stream, "pump.7");
  EXPECT_EQ(told->feature, "temperature");
  EXPECT_EQ(told->kind, "shift");
  EXPECT_EQ(told->severity, 63U);
  EXPECT_EQ(told->from_n, 1195U);
  EXPECT_EQ(told->text, "level rose from 21.0 to 26.4");
  EXPECT_FALSE(told->is_over());
}

TEST_F(viewer_feed, reads_an_event_that_is_over_when_it_is_told) {
  const auto* const told = read<stream_event>(R"({"type":"event","event":1,"stream":"s","state":"open","kind":"spike",)"
                                              R"("from_n":5,"to_n":6,"to":1764000000000})");
  ASSERT_NE(told, nullptr);
  EXPECT_TRUE(told->is_over());
  EXPECT_EQ(told->to_n, 6U);
}

TEST_F(viewer_feed, takes_no_event_that_lacks_its_name_and_none_that_is_broken) {
  for (const char* const line :
       {R"({"type":"event"})", R"({"type":"event","event":1,"stream":"s"})",
        R"({"type":"event","event":0,"stream":"s","kind":"x"})",
        R"({"type":"event","event":1,"stream":"s","kind":"spike")", R"({"event":1,"stream":"s","kind":"spike"})"}) {
    EXPECT_EQ(read<stream_event>(line), nullptr) << line;
  }
}

TEST_F(viewer_feed, cuts_an_events_text_between_characters) {
  std::string text(stream_event::text_bytes_max - 1, 'x');
  text += "\xc3\xa9";
  const auto* const told =
      read<stream_event>(R"({"type":"event","event":1,"stream":"s","kind":"spike","text":")" + text + R"("})");
  ASSERT_NE(told, nullptr);
  EXPECT_EQ(told->text, std::string(stream_event::text_bytes_max - 1, 'x'));
}

TEST_F(viewer_feed, knows_beginnings_gaps_and_refusals) {
  EXPECT_NE(read<feed_began>(R"({"type":"subscribed","streams":["*"]})"), nullptr);
  const auto* const gap = read<feed_gap>(R"({"type":"gap","missed":12})");
  ASSERT_NE(gap, nullptr);
  EXPECT_EQ(gap->missed, 12U);
  const auto* const refusal = read<feed_refusal>(R"({"type":"error","code":"unauthorized","message":"say hello"})");
  ASSERT_NE(refusal, nullptr);
  EXPECT_EQ(refusal->reason, "unauthorized: say hello");
}

TEST_F(viewer_feed, passes_over_what_it_does_not_know) {
  for (const char* const line : {"", "x", "[]", R"({"type":"weather"})", R"({"type":7})"})
    EXPECT_NE(read<std::monostate>(line), nullptr) << line;
}

TEST_F(viewer_feed, reads_an_aggregate) {
  const auto* const read_point = read<judged_point>(
      R"({"type":"aggregate","stream":"cpu","n":1834,"ts":1764000000000,"count":37,"last":0.42,"min":0.4,"max":0.61,)"
      R"("band":{"expected":0.47,"sigma":0.16},"anomaly":true,"drift":true,"alarm":false,"event":17,"kind":"shift"})");
  ASSERT_NE(read_point, nullptr);
  EXPECT_EQ(read_point->judged->subject.stream, "cpu");
  EXPECT_EQ(read_point->judged->n, 1'834U);
  EXPECT_EQ(read_point->judged->subject.ts, 1'764'000'000'000);
  EXPECT_EQ(read_point->judged->subject.value, 0.42);
  EXPECT_EQ(read_point->judged->expected, 0.47);
  EXPECT_EQ(read_point->judged->sigma, 0.16);
  EXPECT_TRUE(read_point->judged->anomaly);
  ASSERT_TRUE(read_point->judged->drift.has_value());
  EXPECT_TRUE(std::isnan(read_point->judged->drift->width));
  EXPECT_EQ(read_point->count, 37U);
  ASSERT_EQ(read_point->extents.size(), 1U);
  EXPECT_EQ(read_point->extents[0].low, 0.4);
  EXPECT_EQ(read_point->extents[0].high, 0.61);
}

TEST_F(viewer_feed, reads_an_aggregate_of_several_features) {
  const auto* const read_point =
      read<judged_point>(R"({"type":"aggregate","stream":"s","n":2,"ts":1,"count":2,"last":{"a":4,"b":6},)"
                         R"("min":{"a":4,"b":-5},"max":{"b":6,"a":5},)"
                         R"("band":{"expected":{"a":1,"b":2},"sigma":{"a":3}},"anomaly":false})");
  ASSERT_NE(read_point, nullptr);
  ASSERT_EQ(read_point->judged->subject.values.size(), 2U);
  EXPECT_EQ(read_point->judged->subject.values[1].name, "b");
  EXPECT_EQ(read_point->extents[0].high, 5);
  EXPECT_EQ(read_point->extents[1].low, -5);
  EXPECT_TRUE(read_point->bands[0].is_known);
  EXPECT_FALSE(read_point->bands[1].is_known);
  EXPECT_FALSE(read_point->judged->drift.has_value());
}

TEST_F(viewer_feed, takes_no_aggregate_without_a_stream_or_a_value) {
  EXPECT_EQ(read<judged_point>(R"({"type":"aggregate","n":2,"count":2,"last":1})"), nullptr);
  EXPECT_EQ(read<judged_point>(R"({"type":"aggregate","stream":"s","n":2,"count":2})"), nullptr);
  EXPECT_EQ(read<judged_point>(R"({"type":"aggregate","stream":"s","n":2,"count":0,"last":1})"), nullptr);
  EXPECT_EQ(read<judged_point>(R"({"type":"aggregate","stream":"s","n":2,"cou)"), nullptr);
}

}  // namespace
}  // namespace spindrift
