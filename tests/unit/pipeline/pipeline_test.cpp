#include "server/pipeline/pipeline.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/kept_verdict.hpp"

namespace spindrift {
namespace {

constexpr moment noon{1'764'000'000'000, 1'000};

class switched_journal : public point_journal {
public:
  bool append(const batch& /*points*/) override { return !refuses; }
  bool forget(stream& /*gone*/) override { return true; }
  bool refuses = false;
};

struct test_sink final : sink {
  need needs() override { return wish; }
  bool needs_line(std::uint64_t /*hash*/, std::string_view stream, line_class /*line*/) override {
    return stream == wanted_stream;
  }
  void offer(const intake& passed) override {
    ++offered;
    for (std::size_t i = 0; i < passed.size(); ++i) {
      applied += passed.points.outcomes[i].why == refusal::none ? 1U : 0U;
      lines += passed.has_line(i) ? 1U : 0U;
    }
    for (std::size_t k = 0; k < passed.points.told.size(); ++k) {
      if (passed.has_event_line(k)) event_text += passed.event_line(k);
    }
  }
  need wish{};
  std::string wanted_stream{};
  std::size_t offered = 0;
  std::size_t applied = 0;
  std::size_t lines = 0;
  std::string event_text{};
};

std::string kept_line(const producer& named, std::uint64_t seq) {
  std::string line;
  append_kept_line(named.kept(seq), false, line);
  return line;
}

class pipeline_test : public testing::Test {
protected:
  static engine_settings light() {
    engine_settings settings;
    settings.detectors.ensemble_on = settings.detectors.adwin_on = false;
    settings.streams_max = 3;
    return settings;
  }
  pipeline_test() { way_.add_sink(told_); }

  void put(std::string_view stream, std::uint64_t seq = 0, double value = 1) {
    point made;
    made.stream = stream;
    made.value = value;
    made.seq = seq;
    taken_.points.points.push_back(made);
  }
  void pass(producer* sender = nullptr, std::uint64_t holder = 0) {
    taken_.points.sender = sender;
    taken_.holder = holder;
    way_.ingest(taken_, noon);
    way_.publish(taken_);
  }
  refusal why(std::size_t i) const { return taken_.points.outcomes[i].why; }

  counters counts_;
  switched_journal journal_;
  engine engine_{light(), counts_, &journal_};
  pipeline way_{engine_};
  test_sink told_;
  intake taken_;
};

TEST_F(pipeline_test, offers_a_batch_once_with_the_points_that_were_refused) {
  for (const char* stream : {"a", "b", "c", "d"}) put(stream);
  pass();
  EXPECT_EQ(told_.offered, 1U);
  EXPECT_EQ(told_.applied, 3U);
  EXPECT_EQ(why(3), refusal::too_many_streams);
}

TEST_F(pipeline_test, wants_small_batches_while_a_new_stream_costs_much) {
  put("a");
  pass();
  EXPECT_EQ(way_.points_max(), intake::points_max);
  told_.wish = {.asks = true, .comparisons = 1'999};
  pass();
  EXPECT_EQ(way_.points_max(), 12U);
  told_.wish.comparisons = 1'000'000;
  pass();
  EXPECT_EQ(way_.points_max(), 1U);
  told_.wish = {};
  pass();
  EXPECT_EQ(way_.points_max(), intake::points_max);
}

TEST_F(pipeline_test, encodes_no_line_that_nobody_needs) {
  put("a");
  pass();
  EXPECT_EQ(taken_.share_lines(), nullptr);
  std::string reply;
  taken_.append_line(0, reply);
  EXPECT_TRUE(reply.starts_with(R"({"type":"verdict","stream":"a",)")) << reply;
  EXPECT_EQ(reply.back(), '\n');
  EXPECT_EQ(taken_.share_lines(), nullptr);
}

TEST_F(pipeline_test, encodes_a_needed_line_once_for_all) {
  told_.wish.asks = true;
  told_.wanted_stream = "b";
  put("a");
  put("b");
  pass();
  EXPECT_EQ(told_.lines, 1U);
  ASSERT_TRUE(taken_.has_line(1));
  EXPECT_FALSE(taken_.has_line(0));
  std::string reply;
  taken_.append_line(1, reply);
  EXPECT_EQ(reply, taken_.line(1));
  EXPECT_EQ(taken_.share_lines()->stream_of(taken_.share_lines()->lines.front()), "b");
}

TEST_F(pipeline_test, encodes_only_marked_verdicts_for_a_sink_of_those) {
  told_.wish.always = only(line_class::marked);
  for (int i = 0; i < 100; ++i) put("a", 0, i % 2);
  put("a", 0, 1'000);
  pass();
  EXPECT_EQ(told_.lines, 1U);
  EXPECT_TRUE(taken_.has_line(100));
}

TEST_F(pipeline_test, encodes_what_events_have_to_say_behind_the_verdicts_of_their_points) {
  told_.wish.always = verdict_lines | line_class::event;
  for (int i = 0; i < 200; ++i) put("a", 0, i % 2);
  for (int i = 0; i < 100; ++i) put("a", 0, 1'000 + i % 2);
  pass();
  ASSERT_FALSE(taken_.points.told.empty());
  ASSERT_TRUE(told_.event_text.starts_with(R"({"type":"event","event":1,"stream":"a","state":"open",)"))
      << told_.event_text;
  const published_batch& lines = *taken_.share_lines();
  std::uint64_t verdicts = 0;
  for (const published_line& line : lines.lines) {
    EXPECT_EQ(lines.stream_of(line), "a");
    if (line.kind != line_class::event) ++verdicts;
    if (lines.text_of(line) != taken_.event_line(0)) continue;
    EXPECT_EQ(verdicts, taken_.points.told.front().notice.told_n);
  }
}

TEST_F(pipeline_test, encodes_events_of_a_producer_with_a_name_behind_the_verdicts_of_their_points_too) {
  producer named("p");
  named.take_over(1);
  told_.wish.always = verdict_lines | line_class::event;
  for (std::uint64_t i = 1; i <= 300; ++i) put("a", i, static_cast<double>(i % 2 + (i > 200 ? 1'000 : 0)));
  pass(&named, 1);
  ASSERT_FALSE(taken_.points.told.empty());
  const published_batch& lines = *taken_.share_lines();
  std::uint64_t verdicts = 0;
  for (const published_line& line : lines.lines) {
    if (line.kind != line_class::event) ++verdicts;
    if (lines.text_of(line) != taken_.event_line(0)) continue;
    EXPECT_EQ(verdicts, taken_.points.told.front().notice.told_n);
  }
  EXPECT_EQ(verdicts, 300U);
  EXPECT_EQ(kept_line(named, 300), taken_.line(299));
}

TEST_F(pipeline_test, leaves_lines_that_somebody_keeps_as_they_are) {
  told_.wish.always = verdict_lines;
  put("a");
  pass();
  const shared_published_batch kept = taken_.share_lines();
  const std::string before = kept->bytes;
  taken_.clear();
  put("b");
  pass();
  EXPECT_EQ(kept->bytes, before);
  EXPECT_NE(taken_.share_lines(), kept);
}

TEST_F(pipeline_test, keeps_the_verdicts_of_a_producer_with_a_name) {
  producer named("p");
  named.take_over(1);
  put("a", 1);
  put("a", 2);
  pass(&named, 1);
  EXPECT_EQ(taken_.newest_seq, 2U);
  std::string sent;
  taken_.append_line(1, sent);
  EXPECT_EQ(kept_line(named, 2), sent);
}

TEST_F(pipeline_test, applies_nothing_of_one_who_has_lost_the_name) {
  producer named("p");
  named.take_over(2);
  put("a", 1);
  pass(&named, 1);
  EXPECT_TRUE(taken_.is_superseded);
  EXPECT_EQ(told_.offered, 0U);
  EXPECT_EQ(engine_.stream_count(), 0U);
}

TEST_F(pipeline_test, applies_nothing_behind_a_hole_until_it_is_filled) {
  producer named("p");
  named.take_over(1);
  journal_.refuses = true;
  put("a", 1);
  pass(&named, 1);
  EXPECT_EQ(why(0), refusal::storage_full);
  journal_.refuses = false;
  taken_.clear();
  put("a", 2);
  pass(&named, 1);
  EXPECT_EQ(why(0), refusal::storage_full);
  taken_.clear();
  put("a", 1);
  put("a", 2);
  pass(&named, 1);
  EXPECT_EQ(why(0), refusal::none);
  EXPECT_EQ(taken_.newest_seq, 2U);
}

struct test_disk final : durable_position {
  journal_position written_to() const override { return written; }
  journal_position durable_to() const override { return durable; }
  bool is_lost() const override { return lost; }
  journal_position written = 0;
  journal_position durable = 0;
  bool lost = false;
};

TEST_F(pipeline_test, acknowledges_at_once_where_no_disk_is_waited_for_and_else_once_it_is_synced) {
  EXPECT_TRUE(way_.is_durable(way_.acknowledged_at()));
  test_disk disk;
  const pipeline waiting(engine_, &disk);
  disk.written = 10;
  const journal_position at = waiting.acknowledged_at();
  EXPECT_FALSE(waiting.is_durable(at));
  disk.durable = 10;
  EXPECT_TRUE(waiting.is_durable(at));
}

}  // namespace
}  // namespace spindrift
