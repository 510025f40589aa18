// Streams and producers as sections of a snapshot, and what is lost of sections that cannot be read.
#include "server/app/saved_state.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/log/log.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/stream_table.hpp"
#include "tests/support/memory_file_system.hpp"

namespace spindrift {
namespace {

using testing::HasSubstr;

struct stateful {
  void send(const std::string& stream, double value, std::int64_t ts) {
    batch work;
    work.points.push_back(point{.stream = stream, .value = value, .ts = ts});
    watched.observe(work, {ts, ts});
  }
  std::uint64_t points_of(const std::string& stream) {
    const auto locked = watched.streams().lock({stream, watched.streams().hash_of(stream)});
    return locked.found == nullptr ? 0 : locked.found->n;
  }

  counters counts;
  engine watched{{}, counts};
  producer_table producers;
  saved_state saved{watched, producers};
};

// A section with bytes of its own.
struct held_section {
  std::uint16_t type;
  std::uint32_t version;
  std::string name;
  journal_position position;
  std::string bytes;

  snapshot_section view() const { return {type, version, name, position, bytes}; }
};

class saved_sections : public testing::Test {
protected:
  static store_settings settings() {
    store_settings chosen;
    chosen.directory = "/state";
    return chosen;
  }
  // What the state is in a snapshot.
  static std::vector<held_section> sections_of(stateful& of) {
    memory_file_system files;
    {
      store disk(files, settings());
      EXPECT_TRUE(disk.open().ok());
      snapshot_section none;
      EXPECT_FALSE(disk.next_section(none));
      journal_entry nothing;
      EXPECT_FALSE(disk.next_entry(nothing));
      EXPECT_TRUE(disk.start({}).ok());
      EXPECT_TRUE(disk.begin_snapshot(1, {}).ok());
      EXPECT_TRUE(of.saved.save(disk, {}).ok());
      EXPECT_TRUE(disk.finish_snapshot().ok());
      EXPECT_TRUE(disk.close().ok());
    }
    files.restart_after_kill();
    store disk(files, settings());
    EXPECT_TRUE(disk.open().ok());
    std::vector<held_section> found;
    for (snapshot_section one; disk.next_section(one);) {
      found.push_back({one.type, one.version, std::string(one.name), one.position, std::string(one.bytes)});
    }
    return found;
  }
  static std::vector<held_section> two_streams() {
    stateful first;
    for (int i = 1; i <= 5; ++i) first.send("pump", i, 1'000 * i);
    first.send("oven", 1, 1'000);
    return sections_of(first);
  }
  // What is logged of the losses.
  static std::string losses_of(stateful& of) {
    testing::internal::CaptureStderr();
    open_log({});
    of.saved.log_losses();
    close_log();
    return testing::internal::GetCapturedStderr();
  }
};

TEST_F(saved_sections, bring_streams_and_producers_back) {
  stateful first;
  for (int i = 1; i <= 5; ++i) first.send("pump", i, 1'000 * i);
  const auto made = first.producers.find_or_create("plc-7");
  made->keep(41, R"({"type":"verdict","n":1})");
  stateful second;
  for (const held_section& one : sections_of(first)) second.saved.load(one.view(), {0, 0});
  second.saved.finish_load();
  EXPECT_EQ(second.points_of("pump"), 5U);
  EXPECT_EQ(second.producers.size(), 1U);
  EXPECT_EQ(second.producers.find_or_create("plc-7")->last_seq(), 41U);
  EXPECT_EQ(losses_of(second), "");
}

TEST_F(saved_sections, that_cannot_be_read_cost_their_own_stream_and_no_other) {
  std::vector<held_section> sections = two_streams();
  stateful second;
  for (held_section& one : sections) {
    if (one.name == "pump") one.bytes.resize(3);
    second.saved.load(one.view(), {0, 0});
  }
  second.saved.finish_load();
  EXPECT_EQ(second.points_of("oven"), 1U);
  EXPECT_EQ(second.points_of("pump"), 0U);
  EXPECT_TRUE(second.saved.is_unreadable("pump"));
  EXPECT_FALSE(second.saved.is_unreadable("oven"));
  EXPECT_THAT(losses_of(second), HasSubstr("of=stream name=pump count=1"));
  EXPECT_EQ(losses_of(second), "") << "said once";
}

// More than are restored at once, by as many threads as there are cores; one in seven cannot be read.
TEST_F(saved_sections, of_thousands_of_streams_come_back_by_several_threads) {
  constexpr int stream_total = 2'500;
  stateful first;
  for (int i = 0; i < stream_total; ++i) {
    for (int n = 0; n <= i % 3; ++n) first.send("stream-" + std::to_string(i), i + n, 1'000 + n);
  }
  std::vector<held_section> sections = sections_of(first);
  ASSERT_EQ(sections.size(), std::size_t{stream_total});
  const auto number_in = [](const std::string& name) { return std::stoi(name.substr(name.find('-') + 1)); };
  for (held_section& one : sections) {
    if (number_in(one.name) % 7 == 0) one.bytes.resize(3);
  }
  stateful second;
  for (const held_section& one : sections) second.saved.load(one.view(), {0, 0});
  second.saved.finish_load();
  for (int i = 0; i < stream_total; ++i) {
    const std::string name = "stream-" + std::to_string(i);
    EXPECT_EQ(second.points_of(name), i % 7 == 0 ? 0U : static_cast<std::uint64_t>(i % 3 + 1)) << name;
    EXPECT_EQ(second.saved.is_unreadable(name), i % 7 == 0) << name;
  }
  EXPECT_EQ(second.watched.stream_count(), std::size_t{stream_total - (stream_total + 6) / 7});
}

TEST_F(saved_sections, that_cannot_be_read_leave_the_number_to_the_next_point_of_the_journal) {
  stateful second;
  second.saved.load({2, 1, "pump", 100, "?"}, {0, 0});
  second.saved.finish_load();
  ASSERT_TRUE(second.saved.is_unreadable("pump"));
  journal_entry old;
  old.type = journal_entry::kind::point;
  old.position = 100;
  old.record.subject.stream = "pump";
  old.record.n = 7;
  second.saved.revive(old, {0, 0});
  EXPECT_EQ(second.points_of("pump"), 0U) << "it is in the section";
  journal_entry next = old;
  next.position = 101;
  next.record.n = 8;
  second.saved.revive(next, {0, 0});
  EXPECT_EQ(second.points_of("pump"), 7U);
  EXPECT_FALSE(second.saved.is_unreadable("pump"));
}

TEST_F(saved_sections, of_unknown_kinds_and_other_versions_are_told_of_once_a_kind) {
  stateful second;
  for (int i = 0; i < 3; ++i) second.saved.load({99, 1, "x", 0, "?"}, {0, 0});
  second.saved.load({3, 2, "plc-7", 0, ""}, {0, 0});
  second.saved.load({3, 1, "plc-8", 0, "?"}, {0, 0});
  EXPECT_EQ(second.producers.size(), 0U);
  const std::string said = losses_of(second);
  EXPECT_THAT(said, HasSubstr("count=3"));
  EXPECT_THAT(said, HasSubstr("section 99"));
  EXPECT_THAT(said, HasSubstr("it is of another version"));
  EXPECT_THAT(said, HasSubstr("its bytes do not fit"));
}

TEST_F(saved_sections, lose_in_no_more_than_64_kinds_by_name) {
  stateful second;
  for (std::uint16_t type = 100; type < 200; ++type) second.saved.load({type, 1, "x", 0, ""}, {0, 0});
  const std::string said = losses_of(second);
  EXPECT_THAT(said, HasSubstr("section 163"));
  EXPECT_THAT(said, testing::Not(HasSubstr("section 164")));
  EXPECT_THAT(said, HasSubstr("count=36 reason=\"further kinds\""));
}

}  // namespace
}  // namespace spindrift
