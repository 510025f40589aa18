// What lasts: points by the journal and by snapshots, over ends of every kind.
#include "server/app/persistence.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/stream_table.hpp"
#include "server/store/posix_file_system.hpp"
#include "server/store/record.hpp"

namespace spindrift {
namespace {

// A server's memory over a state directory: engine, producers, and what makes them last.
struct lasting_server {
  explicit lasting_server(const store_settings& settings) : kept(settings, files), watched({}, counts, &kept) {
    wrong = kept.recover(watched, producers);
  }

  std::uint64_t send(const std::string& stream, double value, std::int64_t ts) {
    work.clear();
    work.points.push_back(point{.stream = stream, .value = value, .ts = ts});
    watched.observe(work, {ts, ts});
    return work.outcomes.front().why == refusal::none ? work.outcomes.front().what.n : 0;
  }
  std::uint64_t points_of(const std::string& stream) {
    const auto locked = watched.streams().lock({stream, watched.streams().hash_of(stream)});
    return locked.found == nullptr ? 0 : locked.found->n;
  }

  posix_file_system files;
  counters counts;
  persistence kept;
  engine watched;
  producer_table producers;
  batch work;
  std::optional<std::string> wrong;
};

class lasting : public testing::Test {
protected:
  lasting() { settings_.directory = folder_; }
  ~lasting() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("spindrift_lasting_" + std::to_string(::getpid()) + "_" +
                                                   testing::UnitTest::GetInstance()->current_test_info()->name());
  store_settings settings_;
};

TEST_F(lasting, brings_streams_back_from_the_journal_alone) {
  {
    lasting_server first(settings_);
    ASSERT_EQ(first.wrong, std::nullopt);
    for (int i = 1; i <= 10; ++i) EXPECT_EQ(first.send("pump", i, 1'000 * i), static_cast<std::uint64_t>(i));
    EXPECT_TRUE(first.kept.close());
    EXPECT_EQ(first.kept.snapshots(), 0U);
  }
  lasting_server second(settings_);
  ASSERT_EQ(second.wrong, std::nullopt);
  EXPECT_EQ(second.points_of("pump"), 10U);
  EXPECT_EQ(second.send("pump", 1, 20'000), 11U);
  EXPECT_TRUE(second.kept.close());
}

TEST_F(lasting, goes_on_from_a_snapshot_and_what_came_behind_it) {
  {
    lasting_server first(settings_);
    for (int i = 1; i <= 10; ++i) first.send("pump", i, 1'000 * i);
    bool was_between = false;
    EXPECT_TRUE(first.kept.take_snapshot([&was_between] { was_between = true; }));
    EXPECT_TRUE(was_between) << "points may flow meanwhile";
    EXPECT_EQ(first.kept.snapshots(), 1U);
    first.send("pump", 11, 11'000);
    first.send("oven", 1, 11'000);
    EXPECT_TRUE(first.kept.close());
  }
  lasting_server second(settings_);
  ASSERT_EQ(second.wrong, std::nullopt);
  EXPECT_EQ(second.points_of("pump"), 11U);
  EXPECT_EQ(second.points_of("oven"), 1U);
  EXPECT_TRUE(second.kept.close());
}

TEST_F(lasting, forgets_a_stream_that_was_forgotten) {
  {
    lasting_server first(settings_);
    first.send("pump", 1, 1'000);
    first.send("oven", 1, 5'000);
    EXPECT_EQ(first.watched.forget_idle(2'000), 1U);
    EXPECT_TRUE(first.kept.close());
  }
  lasting_server second(settings_);
  EXPECT_EQ(second.points_of("pump"), 0U);
  EXPECT_EQ(second.points_of("oven"), 1U);
  EXPECT_TRUE(second.kept.close());
}

TEST_F(lasting, lets_no_second_server_in) {
  lasting_server first(settings_);
  ASSERT_EQ(first.wrong, std::nullopt);
  lasting_server second(settings_);
  EXPECT_NE(second.wrong.value_or("").find("the state directory is in use by process "), std::string::npos);
  EXPECT_TRUE(first.kept.close());
}

TEST_F(lasting, without_durability_is_memory_alone) {
  settings_.durability_level = durability::off;
  lasting_server server(settings_);
  ASSERT_EQ(server.wrong, std::nullopt);
  EXPECT_EQ(server.send("pump", 1, 1'000), 1U);
  EXPECT_EQ(server.kept.written_to(), 0U);
  EXPECT_EQ(server.kept.journal_bytes(), 0U);
  EXPECT_FALSE(server.kept.is_lost() || server.kept.is_full() || server.kept.waits_for_disk());
  EXPECT_FALSE(server.kept.sync_now());
  EXPECT_FALSE(server.kept.take_snapshot());
  EXPECT_EQ(server.kept.snapshots_failed(), 0U) << "there is nothing that could have failed";
  EXPECT_TRUE(server.kept.close());
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(lasting, is_on_the_disk_once_it_was_synced) {
  settings_.durability_level = durability::fsync;
  lasting_server server(settings_);
  EXPECT_TRUE(server.kept.waits_for_disk());
  server.send("pump", 1, 1'000);
  EXPECT_GT(server.kept.written_to(), server.kept.durable_to());
  EXPECT_TRUE(server.kept.sync_now());
  EXPECT_EQ(server.kept.durable_to(), server.kept.written_to());
  EXPECT_TRUE(server.kept.close());
}

TEST_F(lasting, leaves_the_directory_of_a_later_version_as_it_is) {
  std::filesystem::create_directories(folder_);
  const std::string segment = encode_segment_header({journal_version + 1, 0, 0}) + std::string(50, 'x');
  std::ofstream(folder_ / "journal-0000000000000000") << segment;
  const std::string history = "of a later version, for all that this one can see";
  std::ofstream(folder_ / "history.db") << history;
  const lasting_server server(settings_);
  EXPECT_NE(server.wrong.value_or("").find("written by a later version"), std::string::npos)
      << server.wrong.value_or("nothing is wrong");
  EXPECT_EQ(std::filesystem::file_size(folder_ / "history.db"), history.size());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "journal-0000000000000000"), segment.size());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "history.db.damaged-1"));
}

TEST_F(lasting, refuses_a_directory_that_is_none) {
  std::ofstream(folder_) << "a file";
  const lasting_server server(settings_);
  EXPECT_NE(server.wrong.value_or("").find("the state directory cannot be made"), std::string::npos)
      << server.wrong.value_or("nothing is wrong");
}

}  // namespace
}  // namespace spindrift
