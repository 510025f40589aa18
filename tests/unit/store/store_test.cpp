#include "server/store/store.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "tests/support/memory_file_system.hpp"
#include "tests/unit/store/toy_engine.hpp"

namespace spindrift {
namespace {

store_settings settings_for(bool repair = false) {
  store_settings settings;
  settings.directory = "/state";
  settings.repair = repair;
  settings.snapshot_bytes = 10'000;
  return settings;
}

std::vector<toy_point> points(int count) {
  std::vector<toy_point> made;
  for (int at = 0; at < count; ++at) {
    toy_point each;
    each.stream = at % 2 == 0 ? "even" : "odd";
    each.value = at;
    made.push_back(each);
  }
  return made;
}

void write_up_to(journal_position end, toy_engine& engine, store& disk) {
  while (disk.points().written_to() < end) engine.send(points(10), &disk.points());
}

// Starts, sends some batches, takes a snapshot, `rounds` times, then a few points more; gives back the state.
std::string live(memory_file_system& files, int rounds) {
  store disk(files, settings_for());
  toy_engine engine;
  EXPECT_TRUE(disk.open().ok()) << disk.status().text();
  EXPECT_TRUE(engine.load(disk).ok());
  EXPECT_TRUE(disk.start({}).ok());
  for (int round = 0; round < rounds; ++round) {
    EXPECT_EQ(engine.send(points(10), &disk.points()), journal_state::open);
    EXPECT_TRUE(engine.save(disk).ok());
  }
  EXPECT_EQ(engine.send(points(3), &disk.points()), journal_state::open);
  return engine.text();
}

struct restart {
  storage_status status;
  std::string state;
  std::vector<storage_note> notes;
};

restart start_again(memory_file_system& files, bool repair = false) {
  files.restart_after_kill();
  store disk(files, settings_for(repair));
  toy_engine engine;
  restart what;
  what.status = disk.open();
  if (what.status.ok()) what.status = engine.load(disk);
  if (what.status.ok()) what.status = disk.start({});
  what.notes = disk.take_notes();
  what.state = engine.text();
  return what;
}

std::vector<std::string> files_like(const memory_file_system& files, std::string_view part) {
  auto all = files.paths();
  std::erase_if(all, [&](const std::string& path) {
    return path.find(part) == std::string::npos || path.find("damaged") != std::string::npos;
  });
  return all;
}

void damage(memory_file_system& files, const std::string& path) {
  auto& bytes = files.content(path);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
}

TEST(store, starts_empty_and_continues_where_it_was_killed) {
  memory_file_system files;
  const auto state = live(files, 0);
  const auto again = start_again(files);
  EXPECT_TRUE(again.status.ok()) << again.status.text();
  EXPECT_EQ(again.state, state);
  EXPECT_TRUE(again.notes.empty());
}

TEST(store, keeps_two_snapshots_and_the_journal_that_the_older_one_needs) {
  memory_file_system files;
  const auto state = live(files, 6);
  const auto snapshots = files_like(files, "snapshot-");
  const auto segments = files_like(files, "journal-");
  ASSERT_EQ(snapshots.size(), 2U);
  ASSERT_EQ(segments.size(), 2U);
  EXPECT_EQ(snapshots[0].substr(snapshots[0].size() - 16), segments[0].substr(segments[0].size() - 16));
  EXPECT_EQ(start_again(files).state, state);
}

TEST(store, falls_back_to_the_older_snapshot_when_the_newest_is_damaged) {
  memory_file_system files;
  const auto state = live(files, 4);
  damage(files, files_like(files, "snapshot-")[1]);
  const auto again = start_again(files);
  EXPECT_TRUE(again.status.ok()) << again.status.text();
  EXPECT_EQ(again.state, state);
  ASSERT_EQ(again.notes.size(), 1U);
  EXPECT_EQ(again.notes[0].event, "snapshot_set_aside");
  EXPECT_EQ(start_again(files).state, state) << "and once more";
}

TEST(store, replays_the_whole_journal_when_the_only_snapshot_is_damaged) {
  memory_file_system files;
  const auto state = live(files, 1);
  damage(files, files_like(files, "snapshot-")[0]);
  EXPECT_EQ(start_again(files).state, state);
}

TEST(store, refuses_to_start_without_a_good_snapshot_and_with_repair_starts_empty) {
  memory_file_system files;
  live(files, 4);
  const auto snapshots = files_like(files, "snapshot-");
  damage(files, snapshots[0]);
  damage(files, snapshots[1]);
  const auto refused = start_again(files);
  EXPECT_EQ(refused.status.fault, storage_fault::damaged);
  EXPECT_EQ(refused.status.file, snapshots[1]);
  EXPECT_EQ(files_like(files, "snapshot-"), snapshots) << "a refused start must change nothing";
  const auto repaired = start_again(files, true);
  EXPECT_TRUE(repaired.status.ok()) << repaired.status.text();
  EXPECT_EQ(repaired.state, "");
  EXPECT_GE(repaired.notes.size(), 4U);
  EXPECT_TRUE(start_again(files).status.ok());
}

TEST(store, refuses_damage_in_the_journal_and_with_repair_keeps_what_is_before) {
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start({}).ok());
  ASSERT_EQ(engine.send(points(10), &disk.points()), journal_state::open);
  const auto before = engine.text();
  const auto damaged_at = disk.points().written_to() + segment_header_bytes;
  for (int batch = 0; batch < 3; ++batch) ASSERT_EQ(engine.send(points(10), &disk.points()), journal_state::open);
  const auto segment = files_like(files, "journal-")[0];
  files.content(segment)[damaged_at + 40] ^= 1;
  const auto refused = start_again(files);
  EXPECT_EQ(refused.status.fault, storage_fault::damaged);
  EXPECT_EQ(refused.status.file, segment);
  EXPECT_EQ(refused.status.offset, damaged_at);
  const auto repaired = start_again(files, true);
  EXPECT_TRUE(repaired.status.ok()) << repaired.status.text();
  EXPECT_EQ(repaired.state, before);
  const auto again = start_again(files);
  EXPECT_TRUE(again.status.ok()) << again.status.text();
  EXPECT_EQ(again.state, before);
}

TEST(store, keeps_a_second_server_out) {
  memory_file_system files;
  store first(files, settings_for());
  ASSERT_TRUE(first.open().ok());
  store second(files, settings_for());
  const auto status = second.open();
  EXPECT_EQ(status.fault, storage_fault::locked);
  EXPECT_NE(status.text().find("4711"), std::string::npos) << status.text();
}

TEST(store, takes_no_more_points_once_its_directory_or_its_journal_is_gone) {
  for (const bool only_the_file : {false, true}) {
    memory_file_system files;
    store disk(files, settings_for());
    toy_engine engine;
    ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start({}).ok());
    EXPECT_EQ(engine.send(points(3), &disk.points()), journal_state::open);
    EXPECT_TRUE(disk.check_place().ok());
    if (only_the_file) {
      for (const auto& path : files.paths()) files.remove(path);
    } else {
      files.lose_directory(ENOENT);
    }
    EXPECT_NE(disk.check_place().text().find("deleted"), std::string::npos);
    EXPECT_EQ(disk.points().state(), journal_state::failed);
    EXPECT_EQ(engine.send(points(3), &disk.points()), journal_state::failed);
  }
}

TEST(store, asks_for_a_snapshot_by_bytes_and_by_time_but_not_for_nothing) {
  using std::chrono::seconds;
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  const store::time_point start{};
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start(start).ok());
  EXPECT_FALSE(disk.wants_snapshot());
  EXPECT_FALSE(disk.snapshot_is_due(start + seconds(1'000)));
  engine.send(points(10), &disk.points());
  EXPECT_TRUE(disk.wants_snapshot());
  EXPECT_FALSE(disk.snapshot_is_due(start + seconds(299)));
  EXPECT_TRUE(disk.snapshot_is_due(start + seconds(300)));
  write_up_to(10'000, engine, disk);
  EXPECT_TRUE(disk.snapshot_is_due(start + seconds(1)));
  ASSERT_TRUE(engine.save(disk).ok());
  EXPECT_FALSE(disk.snapshot_is_due(start + seconds(1)));
  EXPECT_FALSE(disk.wants_snapshot());
}

// Else many streams would be written again and again for a few points of each.
TEST(store, asks_for_a_large_snapshot_as_seldom_as_its_size_says) {
  memory_file_system files;
  store_settings settings = settings_for();
  settings.snapshot_bytes = 1'024;
  std::vector<toy_point> each_once;
  for (int i = 0; i < 1'000; ++i) {
    each_once.emplace_back();
    each_once.back().stream = "stream-" + std::to_string(i);
  }
  const store::time_point start{};
  std::uint64_t half = 0;
  {
    store disk(files, settings);
    toy_engine engine;
    ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start(start).ok());
    engine.send(each_once, &disk.points());
    ASSERT_TRUE(engine.save(disk).ok());
    half = files.content(files_like(files, "snapshot").back()).size() / 2;
    ASSERT_GT(half, 4'096U);
    const journal_position begin = disk.points().written_to();
    write_up_to(begin + half - 1'000, engine, disk);
    EXPECT_FALSE(disk.snapshot_is_due(start));
    write_up_to(begin + half, engine, disk);
    EXPECT_TRUE(disk.snapshot_is_due(start));
    ASSERT_TRUE(engine.save(disk).ok());
    ASSERT_TRUE(disk.close().ok());
  }
  store again(files, settings);
  toy_engine engine;
  ASSERT_TRUE(again.open().ok() && engine.load(again).ok() && again.start(start).ok());
  const journal_position begin = again.points().written_to();
  write_up_to(begin + 2'048, engine, again);
  EXPECT_FALSE(again.snapshot_is_due(start)) << "a restart knows it too";
  write_up_to(begin + half, engine, again);
  EXPECT_TRUE(again.snapshot_is_due(start));
}

TEST(store, drops_a_snapshot_that_finds_the_disk_full_and_tries_again_later) {
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  const store::time_point start{};
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start(start).ok());
  write_up_to(20'000, engine, disk);
  files.set_capacity(files.bytes_used() + 50);
  EXPECT_EQ(engine.save(disk).fault, storage_fault::full);
  EXPECT_TRUE(files_like(files, "snapshot").empty());
  EXPECT_FALSE(disk.snapshot_is_due(start + std::chrono::seconds(9)));
  EXPECT_TRUE(disk.snapshot_is_due(start + std::chrono::seconds(10)));
  files.set_capacity(1'000'000);
  EXPECT_TRUE(engine.save(disk).ok());
  EXPECT_EQ(engine.send(points(1), &disk.points()), journal_state::open);
  const auto state = engine.text();
  EXPECT_EQ(start_again(files).state, state);
}

TEST(store, refuses_points_at_the_journals_bound_until_a_snapshot_succeeds) {
  memory_file_system files;
  store_settings settings = settings_for();
  settings.journal_bytes_max = 40'000;
  const store::time_point start{};
  toy_engine engine;
  const auto fill = [&](store& disk) {
    while (engine.send(points(10), &disk.points()) == journal_state::open) {
    }
    EXPECT_EQ(disk.points().state(), journal_state::full);
    EXPECT_LE(disk.points().bytes_kept(), 40'000U);
    EXPECT_GT(disk.points().bytes_kept(), 39'000U);
  };
  {
    store disk(files, settings);
    ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start(start).ok());
    fill(disk);
    EXPECT_TRUE(disk.snapshot_is_due(start));
    ASSERT_TRUE(engine.save(disk).ok());
    EXPECT_EQ(disk.points().bytes_kept(), 0U) << "the older snapshot gives way where its journal fills the bound";
    fill(disk);
  }
  store again(files, settings);
  ASSERT_TRUE(again.open().ok() && engine.load(again).ok() && again.start(start).ok());
  EXPECT_GT(again.points().bytes_kept(), 39'000U);
  EXPECT_EQ(engine.send(points(10), &again.points()), journal_state::full) << "a restart knows it too";
  ASSERT_TRUE(engine.save(again).ok());
  EXPECT_EQ(engine.send(points(10), &again.points()), journal_state::open);
}

TEST(store, asks_for_a_snapshot_that_failed_more_and_more_rarely) {
  using std::chrono::seconds;
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  store::time_point now{};
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start(now).ok());
  write_up_to(10'000, engine, disk);
  for (const int pause : {10, 20, 40, 60, 60}) {
    ASSERT_TRUE(disk.snapshot_is_due(now));
    ASSERT_TRUE(disk.begin_snapshot(0, now).ok());
    disk.drop_snapshot();
    EXPECT_FALSE(disk.snapshot_is_due(now + seconds(pause - 1)));
    now += seconds(pause);
  }
}

TEST(store, without_a_begun_snapshot_finishes_none) {
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start({}).ok());
  engine.send(points(10), &disk.points());
  EXPECT_FALSE(disk.finish_snapshot().ok());
  files.fail_creates(ENOSPC);
  EXPECT_EQ(disk.begin_snapshot(0, {}).fault, storage_fault::full);
  EXPECT_FALSE(disk.add_section({1, 1, "a", 0, "b"}).ok());
  EXPECT_FALSE(disk.finish_snapshot().ok());
  files.fail_creates(0);
  ASSERT_TRUE(disk.begin_snapshot(0, {}).ok());
  disk.drop_snapshot();
  EXPECT_FALSE(disk.finish_snapshot().ok());
  EXPECT_TRUE(files_like(files, "snapshot").empty());
}

TEST(store, takes_no_more_points_after_a_failed_fsync_of_a_snapshot) {
  memory_file_system files;
  store disk(files, settings_for());
  toy_engine engine;
  ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start({}).ok());
  engine.send(points(10), &disk.points());
  ASSERT_TRUE(disk.points().sync().ok());
  // The journal's own, of two segments and the directory, then the snapshot's.
  files.fail_syncs(files.syncs() + 4, 1, EIO);
  EXPECT_EQ(engine.save(disk).fault, storage_fault::failed);
  EXPECT_EQ(disk.points().state(), journal_state::failed);
  EXPECT_EQ(engine.send(points(1), &disk.points()), journal_state::failed);
}

// The Nth write, then the Nth fsync, of a life with snapshots fails, for N = 1 to 200. Whatever the store said it took
// is there after the next start, and nothing else.
TEST(store, survives_the_failure_of_any_write_and_any_fsync) {
  for (std::uint64_t nth = 1; nth <= 200; ++nth) {
    for (const int error : {ENOSPC, EIO, 0}) {
      SCOPED_TRACE("operation " + std::to_string(nth) + " error " + std::to_string(error));
      memory_file_system files;
      store disk(files, settings_for());
      toy_engine engine;
      ASSERT_TRUE(disk.open().ok() && engine.load(disk).ok() && disk.start({}).ok());
      files.reset_counts();
      error == 0 ? files.fail_syncs(nth, 1, EIO) : files.fail_writes(nth, 2, error, nth % 30);
      bool has_failed = false;
      for (int batch = 0; batch < 220 && !has_failed; ++batch) {
        has_failed = engine.send(points(2), &disk.points()) == journal_state::failed;
        if (batch % 3 == 2) has_failed = has_failed || engine.save(disk).fault == storage_fault::failed;
      }
      ASSERT_EQ(has_failed, error != ENOSPC);
      const auto state = engine.text();
      const auto again = start_again(files);
      ASSERT_TRUE(again.status.ok()) << again.status.text();
      ASSERT_EQ(again.state, state);
    }
  }
}

TEST(store, settings_name_every_flag_they_complain_of) {
  store_settings settings;
  EXPECT_EQ(settings.validate().size(), 1U);
  settings.directory = "/state";
  EXPECT_TRUE(settings.validate().empty());
  settings.segment_bytes = 1;
  settings.fsync_interval = std::chrono::seconds(2);
  settings.snapshot_bytes = 0;
  settings.snapshot_interval = std::chrono::seconds(0);
  settings.history_age = std::chrono::seconds(-1);
  settings.history_bytes = 1;
  settings.journal_bytes_max = 1;
  EXPECT_EQ(settings.validate().size(), 7U);
  settings.durability_level = durability::off;
  EXPECT_TRUE(settings.validate().empty());
}

}  // namespace
}  // namespace spindrift
