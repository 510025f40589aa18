// What others have judged reaches subscribers, history and alerts.
#include "server/app/outside_intake.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/alerts/alert_desk.hpp"
#include "server/app/config.hpp"
#include "server/app/daemon.hpp"
#include "server/store/history.hpp"

namespace spindrift {
namespace {

const std::string verdict_line =
    R"({"type":"verdict","stream":"s1","n":7,"ts":1,"value":9,"expected":1,"sigma":1,"z":8,"anomaly":true,)"
    R"("drift":false,"alarm":false,"score":null,"warmup":false})";

std::string event_line(int number, const std::string& state, const std::string& more = {}) {
  return R"({"type":"event","event":)" + std::to_string(number) + R"(,"stream":"s1","state":")" + state +
         R"(","kind":"shift","severity":44,"told_n":7,"told":1000,"from_n":7,"from":1000,"to_n":null,"to":null)" +
         more + R"(,"points":1,"value":9,"expected":1,"text":"t"})";
}

class port final : public feed_port {
public:
  void post_batch(const shared_published_batch& batch) override { batches.push_back(batch); }
  std::vector<shared_published_batch> batches;
};

class outside_intake_test : public testing::Test {
protected:
  outside_intake_test() {
    store_settings in_memory;
    in_memory.durability_level = durability::off;
    EXPECT_TRUE(kept_.open(in_memory).ok());
  }
  ~outside_intake_test() override { kept_.close(); }

  std::vector<history_event> history_rows() {
    std::vector<history_event> found;
    EXPECT_TRUE(kept_.find({}, found).ok());
    return found;
  }

  port port_;
  std::vector<feed_port*> ports_{&port_};
  subscription_list subscriptions_;
  history kept_;
  alert_desk alerts_{{}, {[] { return std::int64_t{0}; }}};
  outside_intake intake_{
      {[](std::string_view stream) { return std::uint64_t{stream.size()}; }, ports_, subscriptions_, kept_, alerts_}};
};

TEST_F(outside_intake_test, publishes_lines_with_their_kind_and_stream_to_who_subscribes) {
  subscriptions_.add(filter({"*"}, static_cast<line_classes>(verdict_lines | event_lines)), 0);
  intake_.take_verdicts(verdict_line + '\n' + verdict_line);
  intake_.take_events(event_line(1, "open") + '\n' + event_line(1, "update") + '\n' + verdict_line, false);
  intake_.publish();
  ASSERT_EQ(port_.batches.size(), 1U);
  const published_batch& made = *port_.batches.front();
  ASSERT_EQ(made.lines.size(), 4U);
  EXPECT_EQ(made.text_of(made.lines[0]), verdict_line + '\n');
  EXPECT_EQ(made.stream_of(made.lines[3]), "s1");
  EXPECT_EQ(made.lines[0].kind, line_class::marked);
  EXPECT_EQ(made.lines[2].kind, line_class::event);
  EXPECT_EQ(made.lines[3].kind, line_class::update);
}

TEST_F(outside_intake_test, takes_marked_verdicts_of_the_events_where_there_are_no_others) {
  subscriptions_.add(filter({"*"}, static_cast<line_classes>(verdict_lines | event_lines)), 0);
  intake_.take_events(verdict_line + '\n' + event_line(1, "open"), true);
  intake_.publish();
  ASSERT_EQ(port_.batches.size(), 1U);
  EXPECT_EQ(port_.batches.front()->lines.size(), 2U);
}

TEST_F(outside_intake_test, publishes_nothing_where_nobody_listens_and_keeps_events_all_the_same) {
  intake_.take_verdicts(verdict_line);
  intake_.take_events(event_line(1, "open"), false);
  intake_.publish();
  EXPECT_TRUE(port_.batches.empty());
  EXPECT_EQ(history_rows().size(), 1U);
  EXPECT_EQ(intake_.now().verdicts, 0U);
}

TEST_F(outside_intake_test, keeps_an_event_once_however_often_it_comes) {
  for (int i = 0; i < 2; ++i) {
    intake_.take_events(event_line(1, "open") + '\n' + event_line(1, "closed") + '\n' + event_line(2, "open"), false);
    EXPECT_TRUE(intake_.keep().ok());
  }
  const auto rows = history_rows();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].severity, 44);
  EXPECT_FALSE(rows[0].is_open);
  EXPECT_TRUE(rows[1].is_open);
  EXPECT_EQ(rows[1].line, event_line(2, "open"));
}

TEST_F(outside_intake_test, counts_what_it_cannot_read) {
  subscriptions_.add(filter({"*"}, static_cast<line_classes>(verdict_lines | event_lines)), 0);
  intake_.take_verdicts("{\"type\":\"verdict\"\n[]\nnot json");
  intake_.take_events("{\"type\":\"event\"}\n{\"type\":\"event\",\"event\":\"x\"\n{\"type\":\"event\",\"event\":1.5}",
                      false);
  intake_.publish();
  EXPECT_EQ(intake_.now().unreadable, 6U);
  EXPECT_TRUE(port_.batches.empty());
  EXPECT_TRUE(history_rows().empty());
}

TEST_F(outside_intake_test, is_full_until_what_it_took_is_kept) {
  for (std::size_t i = 0; i < outside_intake::rows_max; ++i) {
    EXPECT_FALSE(intake_.is_full());
    intake_.take_events(event_line(static_cast<int>(i), "open"), false);
  }
  EXPECT_TRUE(intake_.is_full());
  EXPECT_TRUE(intake_.keep().ok());
  EXPECT_FALSE(intake_.is_full());
}

TEST(feed_from_kafka, is_refused_by_a_program_that_was_built_without_it) {
  config settings;
  settings.feed.brokers = "127.0.0.1:9092";
  testing::internal::CaptureStderr();
  EXPECT_EQ(check_daemon(settings), exit_bad_config);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("librdkafka-dev"), std::string::npos);
}

TEST(feed_from_kafka, wants_a_topic_to_read) {
  feed_settings settings;
  settings.brokers = "127.0.0.1:9092";
  EXPECT_TRUE(validate(settings).empty());
  settings.verdicts = settings.events = feed_settings::off;
  EXPECT_EQ(validate(settings).size(), 1U);
  settings.brokers.clear();
  EXPECT_TRUE(validate(settings).empty());
}

}  // namespace
}  // namespace spindrift
