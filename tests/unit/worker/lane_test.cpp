#include "server/worker/lane.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/worker/murmur2.hpp"

namespace spindrift::worker {
namespace {

using testing::HasSubstr;

// A lane of one partition, and the little that a broker has to say to it.
struct lane_of_one {
  explicit lane_of_one(const lane_settings& settings = usual()) : member(settings, counts, own) { member.tick(0, out); }

  static lane_settings usual() {
    lane_settings made;
    made.owner = "spindrift.w1.0";
    made.engine.detectors.ensemble_on = false;
    return made;
  }

  // Up to where it asks for records, or for its snapshot.
  void take_over(const found_position& found) {
    const std::int32_t numbers[] = {0};
    member.assigned(numbers, out);
    while (!out.positions.empty() || !out.fences.empty()) {
      const step asked = std::exchange(out, {});
      for (const fence_ask& one : asked.fences) member.fenced(one.id, out);
      for (const position_ask& one : asked.positions) member.positioned(one.id, found, out);
      fenced += asked.fences.size();
    }
  }
  void hear(std::int64_t offset, std::string_view value, std::string_view key = "s", std::int64_t at_ms = 1'000'000) {
    const input_record one{offset, at_ms, key, value, true};
    member.records(0, {&one, 1}, out);
  }
  std::vector<std::string> values(output_topic to) const {
    std::vector<std::string> found;
    for (const output_record& one : out.sends) {
      if (one.to == to) found.emplace_back(out.text(one.value));
    }
    return found;
  }
  // Lets time pass until a commit is asked for; its metadata, after it was done.
  std::string commit(std::int64_t after_ms = 200) {
    member.tick(now_ms += after_ms, out);
    if (!out.commit) return {};
    const commit_order order = *out.commit;
    out.clear();
    member.committed(order.id, out);
    committed = order.offsets.empty() ? committed : order.offsets[0].offset;
    return order.offsets.empty() ? "" : order.offsets[0].metadata;
  }
  // Ticks until a snapshot is committed; its messages by offset.
  std::vector<std::string> take_snapshot() {
    std::vector<std::string> messages;
    for (int round = 0; round < 1'000; ++round) {
      member.tick(now_ms += 1'000, out);
      const step done = std::exchange(out, {});
      for (const snapshot_chunk& one : done.chunks) {
        messages.emplace_back(done.text(one.value));
        member.delivered(one.id, static_cast<std::int64_t>(messages.size()) - 1, out);
      }
      if (!done.commit) continue;
      metadata = done.commit->offsets.empty() ? metadata : done.commit->offsets[0].metadata;
      if (!done.commit->offsets.empty()) committed = done.commit->offsets[0].offset;
      member.committed(done.commit->id, out);
      const auto pointer = pointer_from(metadata);
      if (pointer && pointer->has_snapshot()) return messages;
    }
    return {};
  }

  counters counts;
  lane_counters own;
  lane member;
  step out;
  std::int64_t now_ms = 0;
  std::int64_t committed = -1;
  std::string metadata;
  std::size_t fenced = 0;
};

std::string point_of(std::string_view stream, double value) {
  return R"({"stream":")" + std::string(stream) + R"(","value":)" + std::to_string(value) + "}";
}

TEST(lane, begins_an_unknown_partition_at_its_oldest_record_and_claims_it) {
  lane_of_one one;
  one.take_over({-1, {}, 40, 90});
  ASSERT_EQ(one.out.seeks.size(), 1U);
  EXPECT_EQ(one.out.seeks[0].offset, 40);
  EXPECT_TRUE(one.member.is_ready());
  EXPECT_EQ(one.commit(), "v1 at=40 first=-1 last=-1 owner=spindrift.w1.0");
}

TEST(lane, says_all_lines_of_a_record_in_one_record_of_the_same_key_and_time) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  one.hear(0, point_of("a", 1) + "\n\n" + point_of("b", 2) + "\r\n", "plant", 77'000);
  ASSERT_EQ(one.out.sends.size(), 1U);
  const output_record& said = one.out.sends[0];
  EXPECT_EQ(said.timestamp_ms, 77'000);
  EXPECT_EQ(one.out.text(said.key), "plant");
  const std::string value(one.out.text(said.value));
  EXPECT_EQ(std::count(value.begin(), value.end(), '\n'), 1);
  EXPECT_THAT(value, HasSubstr(R"("stream":"a")"));
  EXPECT_THAT(value, HasSubstr(R"("stream":"b")"));
  EXPECT_THAT(value, HasSubstr(R"("ts":77000)")) << "the record's time is the points'";
}

TEST(lane, puts_a_bad_line_aside_with_its_reason_and_goes_on) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  one.hear(0, point_of("a", 1) + "\n{\"op\":\"ping\"}\nnonsense\n" + point_of("a", 2));
  const std::vector<std::string> dead = one.values(output_topic::dead_letters);
  EXPECT_EQ(dead, (std::vector<std::string>{R"({"op":"ping"})", "nonsense"}));
  const output_record& first = *std::find_if(one.out.sends.begin(), one.out.sends.end(),
                                             [](const output_record& r) { return r.to == output_topic::dead_letters; });
  EXPECT_EQ(name_of(first.error), "bad_frame");
  EXPECT_EQ(first.offset, 0);
  EXPECT_EQ(first.line, 2U);
  EXPECT_FALSE(one.out.text(first.message).empty());
  EXPECT_EQ(one.out.text(first.key), "s");
  EXPECT_EQ(one.values(output_topic::verdicts).size(), 1U);
  EXPECT_EQ(read(one.own.dead_letters), 2U);
}

TEST(lane, stops_at_a_bad_line_where_that_is_wanted_and_says_where_it_is) {
  lane_settings settings = lane_of_one::usual();
  settings.on_bad = bad_line_rule::stop;
  lane_of_one one(settings);
  one.take_over({-1, {}, 0, 0});
  one.hear(0, point_of("a", 1) + "\nnonsense");
  ASSERT_TRUE(one.out.stops);
  EXPECT_THAT(one.out.stops->message, HasSubstr("topic points, partition 0, offset 0, line 2: bad_json"));
}

TEST(lane, refuses_streams_beyond_the_bound_into_dead_letters) {
  lane_settings settings = lane_of_one::usual();
  settings.engine.streams_max = 1;
  lane_of_one one(settings);
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  one.hear(0, point_of("a", 1));
  one.hear(1, point_of("b", 1));
  EXPECT_EQ(one.values(output_topic::dead_letters).size(), 1U);
  EXPECT_EQ(read(one.own.dead_letters_by_error[static_cast<std::size_t>(error_code::too_many_streams)]), 1U);
}

TEST(lane, tells_once_of_records_that_another_partitioner_sent_here_and_counts_them) {
  lane_settings settings = lane_of_one::usual();
  settings.partitions = 8;
  lane_of_one one(settings);
  one.take_over({-1, {}, 0, 0});
  std::string here = "s";
  std::string elsewhere = "s";
  for (int i = 0; murmur2_partition(here, 8) != 0; ++i) here = "s" + std::to_string(i);
  for (int i = 0; murmur2_partition(elsewhere, 8) == 0; ++i) elsewhere = "s" + std::to_string(i);
  one.out.clear();
  one.hear(0, point_of(here, 1), here);
  one.hear(1, point_of("any", 1), "a plant's key may be anywhere");
  EXPECT_EQ(read(one.own.misrouted), 0U);
  one.hear(2, point_of(elsewhere, 1), elsewhere);
  one.hear(3, point_of(elsewhere, 1), elsewhere);
  EXPECT_EQ(read(one.own.misrouted), 2U);
  EXPECT_EQ(std::count_if(one.out.notices.begin(), one.out.notices.end(),
                          [](const notice& said) { return said.event == "misrouted"; }),
            1);
}

TEST(lane, passes_over_records_that_it_had_and_counts_null_values_and_gaps) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  one.hear(0, point_of("a", 1));
  one.hear(0, point_of("a", 1));
  const input_record null{5, 1'000, "s", {}, false};
  one.member.records(0, {&null, 1}, one.out);
  EXPECT_EQ(one.values(output_topic::verdicts).size(), 1U);
  EXPECT_EQ(read(one.own.null_values), 1U);
  EXPECT_EQ(read(one.own.offset_gaps), 1U);
  one.commit();
  EXPECT_EQ(one.committed, 6);
}

TEST(lane, fences_the_owner_that_is_named_and_nobody_where_it_was_released) {
  lane_of_one dead;
  dead.take_over({7, "v1 at=7 first=-1 last=-1 owner=spindrift.w2.0", 0, 9});
  EXPECT_EQ(dead.fenced, 1U);
  lane_of_one released;
  released.take_over({7, "v1 at=7 first=-1 last=-1 owner=-", 0, 9});
  EXPECT_EQ(released.fenced, 0U);
  lane_of_one own;
  own.take_over({7, "v1 at=7 first=-1 last=-1 owner=spindrift.w1.0", 0, 9});
  EXPECT_EQ(own.fenced, 0U);
}

// Goal: whoever takes over says what the one before would have said. Method: one lane hears all, the other takes over
// in the middle, from a snapshot and a replay.
void expect_the_same_after_take_over(lane_settings settings, std::int64_t end) {
  settings.chunk_bytes = 3'000;
  settings.snapshot_slice_bytes = 1'000;
  const std::int64_t cut = end / 2;
  const std::int64_t over = end / 4 * 3;
  lane_of_one first(settings);
  first.take_over({-1, {}, 0, 0});
  const auto record_of = [](std::int64_t i) {
    return point_of("s" + std::to_string(i % 7), static_cast<double>(i * i % 31 + (i % 90 == 89 ? 500 : 0)));
  };
  for (std::int64_t i = 0; i < cut; ++i) first.hear(i, record_of(i));
  const std::vector<std::string> messages = first.take_snapshot();
  ASSERT_GT(messages.size(), 3U);
  for (std::int64_t i = cut; i < over; ++i) first.hear(i, record_of(i));
  const std::string metadata = first.commit();
  ASSERT_EQ(first.committed, over);

  lane_of_one second(settings);
  second.take_over({over, metadata, 0, end});
  ASSERT_EQ(second.out.snapshots.size(), 1U);
  const snapshot_ask asked = second.out.snapshots[0];
  EXPECT_EQ(asked.last, static_cast<std::int64_t>(messages.size()) - 1);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    second.member.chunk(asked.id, static_cast<std::int64_t>(i), messages[i], second.out);
  }
  ASSERT_EQ(second.out.seeks.size(), 1U);
  EXPECT_EQ(second.out.seeks[0].offset, cut);
  second.out.clear();
  for (std::int64_t i = cut; i < over; ++i) second.hear(i, record_of(i));
  EXPECT_TRUE(second.out.sends.empty()) << "what was answered is not answered again";
  first.out.clear();
  for (std::int64_t i = over; i < end; ++i) {
    first.hear(i, record_of(i));
    second.hear(i, record_of(i));
  }
  EXPECT_EQ(first.values(output_topic::verdicts).size(), static_cast<std::size_t>(end - over));
  EXPECT_EQ(first.values(output_topic::verdicts), second.values(output_topic::verdicts));
  EXPECT_EQ(first.values(output_topic::events), second.values(output_topic::events));
}

TEST(lane, goes_on_after_a_snapshot_and_a_silent_replay_with_the_same_bytes) {
  expect_the_same_after_take_over(lane_of_one::usual(), 400);
}

TEST(lane, goes_on_with_what_streams_have_learned_together) {
  lane_settings settings = lane_of_one::usual();
  settings.engine.detectors.zscore_on = false;
  settings.engine.detectors.recurrent_on = settings.engine.detectors.autoencoder_on = true;
  stream_settings own;
  own.match = {"s*"};
  own.is_shared = true;
  settings.engine.streams.push_back(own);
  expect_the_same_after_take_over(settings, 4'000);
}

TEST(lane, releases_a_partition_with_a_mark_and_a_snapshot_that_leaves_nothing_to_replay) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.hear(0, point_of("a", 1));
  one.commit(200'000);
  one.hear(1, point_of("a", 2));
  const std::int32_t numbers[] = {0};
  one.out.clear();
  one.member.revoked(numbers, one.out);
  one.hear(2, point_of("a", 3));
  const std::vector<std::string> messages = one.take_snapshot();
  EXPECT_EQ(messages.size(), 1U);
  EXPECT_EQ(one.metadata, "v1 at=2 first=0 last=0 owner=-");
  EXPECT_EQ(one.out.released, std::vector<std::int32_t>{0});
  EXPECT_TRUE(one.member.is_empty());
}

struct snapshot_of_one {
  explicit snapshot_of_one(const lane_settings& settings = lane_of_one::usual()) : taker(settings) {
    taker.take_over({-1, {}, 0, 0});
    for (std::int64_t i = 0; i < 50; ++i) taker.hear(i, point_of("a", static_cast<double>(i)));
    messages = taker.take_snapshot();
  }
  // What becomes of a lane that is given it.
  void give(lane_of_one& to) {
    to.take_over({taker.committed, taker.metadata, 0, 50});
    const ticket id = to.out.snapshots.at(0).id;
    to.out.clear();
    for (std::size_t i = 0; i < messages.size(); ++i) {
      to.member.chunk(id, static_cast<std::int64_t>(i), messages[i], to.out);
    }
    to.member.chunks_ended(id, to.out);
  }
  lane_of_one taker;
  std::vector<std::string> messages;
};

TEST(lane, warns_of_another_hash_of_settings) {
  snapshot_of_one taken;
  lane_settings other = lane_of_one::usual();
  other.engine.detectors.zscore.threshold = 4;
  lane_of_one second(other);
  taken.give(second);
  EXPECT_EQ(read(second.own.settings_differ), 1U);
  EXPECT_TRUE(second.member.is_ready());
  lane_of_one third;
  taken.give(third);
  EXPECT_EQ(read(third.own.settings_differ), 0U);
}

TEST(lane, ends_where_the_topic_had_another_count_of_partitions_or_learns_anew) {
  snapshot_of_one taken;
  lane_settings other = lane_of_one::usual();
  other.partitions = 2;
  lane_of_one second(other);
  taken.give(second);
  ASSERT_TRUE(second.out.stops);
  EXPECT_EQ(second.out.stops->exit_code, 78);
  EXPECT_THAT(second.out.stops->message, HasSubstr("--accept-repartition"));
  other.accepts_repartition = true;
  lane_of_one third(other);
  taken.give(third);
  EXPECT_FALSE(third.out.stops);
  third.hear(50, point_of("a", 1));
  EXPECT_THAT(third.values(output_topic::verdicts).at(0), HasSubstr(R"("n":1,)"));
}

TEST(lane, asks_once_more_before_it_gives_up_a_snapshot_that_is_damaged) {
  snapshot_of_one taken;
  taken.messages.at(0)[60] ^= 1;
  lane_of_one second;
  taken.give(second);
  ASSERT_EQ(second.out.positions.size(), 1U);
  const ticket again = second.out.positions[0].id;
  second.out.clear();
  second.member.positioned(again, {taken.taker.committed, taken.taker.metadata, 0, 50}, second.out);
  ASSERT_TRUE(second.out.stops);
  EXPECT_EQ(second.out.stops->exit_code, 1);
  EXPECT_THAT(second.out.stops->message, HasSubstr("checksum"));
}

TEST(lane, stops_where_offsets_are_gone_or_goes_on_at_the_oldest) {
  const found_position gone{60, "v1 at=50 first=-1 last=-1 owner=-", 55, 80};
  lane_of_one one;
  one.take_over(gone);
  ASSERT_TRUE(one.out.stops);
  EXPECT_THAT(one.out.stops->message, HasSubstr("--on-offset-lost skip"));
  lane_settings settings = lane_of_one::usual();
  settings.on_offset_lost = offset_lost_rule::skip;
  lane_of_one other(settings);
  other.take_over(gone);
  EXPECT_FALSE(other.out.stops);
  EXPECT_EQ(other.out.seeks.at(0).offset, 55);
}

TEST(lane, starts_anew_when_a_wait_takes_too_long) {
  lane_of_one one;
  const std::int32_t numbers[] = {0};
  one.member.assigned(numbers, one.out);
  one.member.tick(29'000, one.out);
  EXPECT_FALSE(one.out.starts_anew);
  one.member.tick(31'000, one.out);
  ASSERT_TRUE(one.out.starts_anew);
  EXPECT_TRUE(one.member.is_empty());

  lane_of_one committing;
  committing.take_over({-1, {}, 0, 0});
  committing.hear(0, point_of("a", 1));
  committing.member.tick(1'000, committing.out);
  ASSERT_TRUE(committing.out.commit);
  committing.member.tick(40'000, committing.out);
  EXPECT_TRUE(committing.out.starts_anew);
}

TEST(lane, drops_everything_after_a_failure_and_passes_over_answers_of_before) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.hear(0, point_of("a", 1));
  one.member.tick(1'000, one.out);
  const ticket commit = one.out.commit->id;
  one.out.clear();
  one.member.failed(failure::fenced, "by a newer instance", one.out);
  ASSERT_TRUE(one.out.starts_anew);
  EXPECT_THAT(*one.out.starts_anew, HasSubstr("by a newer instance"));
  EXPECT_EQ(read(one.own.fenced), 1U);
  one.out.clear();
  one.member.committed(commit, one.out);
  EXPECT_EQ(read(one.own.committed), 0U);
}

TEST(lane, judges_at_least_once_while_offsets_are_under_way_and_lets_go_after_a_commit_of_that_as_well) {
  lane_settings settings = lane_of_one::usual();
  settings.delivery = delivery_level::at_least_once;
  lane_of_one one(settings);
  one.take_over({-1, {}, 0, 0});
  one.hear(0, point_of("a", 1));
  one.member.tick(1'000, one.out);
  ASSERT_TRUE(one.out.commit);
  const ticket first = one.out.commit->id;
  EXPECT_FALSE(one.member.takes_records()) << "before its outputs are with the broker";
  one.member.flushed(first + 1);
  EXPECT_FALSE(one.member.takes_records()) << "another's";
  one.member.flushed(first);
  EXPECT_TRUE(one.member.takes_records());
  EXPECT_TRUE(one.member.is_committing());
  one.out.clear();
  one.hear(1, point_of("a", 2));
  EXPECT_EQ(one.values(output_topic::verdicts).size(), 1U);
  const std::int32_t numbers[] = {0};
  one.member.revoked(numbers, one.out);
  EXPECT_FALSE(one.out.commit) << "one at a time";
  one.member.committed(first, one.out);
  EXPECT_TRUE(one.out.released.empty());
  one.out.clear();
  one.member.tick(1'001, one.out);
  ASSERT_TRUE(one.out.commit);
  ASSERT_EQ(one.out.commit->offsets.size(), 1U);
  EXPECT_EQ(one.out.commit->offsets[0].offset, 2);
  EXPECT_FALSE(one.member.takes_records());
  one.member.committed(one.out.commit->id, one.out);
  EXPECT_EQ(one.out.released, std::vector<std::int32_t>{0});
}

TEST(lane, takes_nothing_more_into_a_transaction_that_ends) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.hear(0, point_of("a", 1));
  one.member.tick(1'000, one.out);
  ASSERT_TRUE(one.out.commit);
  one.member.flushed(one.out.commit->id);
  EXPECT_FALSE(one.member.takes_records());
}

TEST(lane, pauses_partitions_while_memory_is_full) {
  lane_of_one one;
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  one.member.limit_memory(true, one.out);
  EXPECT_EQ(one.out.pauses, std::vector<std::int32_t>{0});
  one.out.clear();
  one.member.limit_memory(false, one.out);
  EXPECT_EQ(one.out.resumes, std::vector<std::int32_t>{0});
}

TEST(lane, writes_no_verdicts_where_events_alone_are_wanted) {
  lane_settings settings = lane_of_one::usual();
  settings.writes_verdicts = false;
  lane_of_one one(settings);
  one.take_over({-1, {}, 0, 0});
  one.out.clear();
  for (std::int64_t i = 0; i < 60; ++i) one.hear(i, point_of("a", i == 50 ? 900 : static_cast<double>(i % 3)));
  EXPECT_TRUE(one.values(output_topic::verdicts).empty());
  ASSERT_FALSE(one.values(output_topic::events).empty());
  EXPECT_THAT(one.values(output_topic::events)[0], HasSubstr(R"("anomaly":true)"));
}

TEST(lane_settings, have_a_hash_that_every_setting_of_a_verdict_changes) {
  const lane_settings usual = lane_of_one::usual();
  EXPECT_EQ(settings_hash(usual), settings_hash(lane_of_one::usual()));
  lane_settings other = usual;
  other.engine.detectors.adwin.delta = 0.01;
  EXPECT_NE(settings_hash(other), settings_hash(usual));
  other = usual;
  stream_settings own;
  own.match = {"a*"};
  own.threshold = 3;
  other.engine.streams.push_back(own);
  EXPECT_NE(settings_hash(other), settings_hash(usual));
  const std::uint64_t alone = settings_hash(other);
  other.engine.streams.back().is_shared = true;
  EXPECT_NE(settings_hash(other), alone);
  other = usual;
  other.owner = "another";
  other.commit_interval = std::chrono::milliseconds(7);
  EXPECT_EQ(settings_hash(other), settings_hash(usual)) << "these decide nothing";
}

}  // namespace
}  // namespace spindrift::worker
