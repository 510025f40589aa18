// Goal: whatever moment a crash picks, what was answered is there exactly once, and the state is that of a run that
// never stopped.
// Method: a toy engine whose state is a hash of its input runs over the in-memory file system through a random mix of
// batches, forgotten streams, snapshots taken in pieces between batches, full disks and short writes; the process dies
// at a random system call, possibly in the middle of a write; for durability fsync the power may fail instead. After
// every restart the recovered state must equal that of a second toy which was told, without any store, just the
// operations that the recovered journal position covers; and these must include all that were acknowledged.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "server/store/store.hpp"
#include "tests/support/memory_file_system.hpp"
#include "tests/unit/store/toy_engine.hpp"

namespace spindrift {
namespace {

struct operation {
  std::vector<toy_point> points;  // empty: forget
  std::string forgotten;
  journal_position end = 0;
};

class simulation {
public:
  simulation(std::uint32_t seed, durability level) : random_(seed) {
    settings_.directory = "/state";
    settings_.durability_level = level;
    settings_.segment_bytes = 2048;
    settings_.fsync_interval = std::chrono::microseconds(0);
  }

  void run(int lives) {
    for (int life = 0; life < lives && !::testing::Test::HasFatalFailure(); ++life) live(life + 1 == lives);
  }
  std::uint64_t survived() const { return told_.size(); }

private:
  std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

  // Starting is a time to die as well; what is lost or repaired then must not show later.
  void die_while_starting() {
    files_.reset_counts();
    files_.die_at(1 + pick(6), pick(1'000'000));
    {
      store disk(files_, settings_);
      toy_engine engine;
      if (disk.open().ok() && engine.load(disk).ok()) disk.start({});
    }
    crash();
  }

  void crash() {
    if (settings_.durability_level == durability::fsync && pick(2) == 0) {
      files_.restart_after_power_cut(pick(1'000'000));
    } else {
      files_.restart_after_kill();
    }
  }

  void live(bool is_last) {
    if (pick(4) == 0) die_while_starting();
    store disk(files_, settings_);
    const auto opened = disk.open();
    ASSERT_TRUE(opened.ok()) << opened.text();
    toy_engine engine;
    const auto loaded = engine.load(disk);
    ASSERT_TRUE(loaded.ok()) << loaded.text();
    const auto started = disk.start({});
    ASSERT_TRUE(started.ok()) << started.text();
    check(engine, disk.points().written_to());
    if (::testing::Test::HasFatalFailure() || is_last) return;

    files_.die_at(20 + pick(400), pick(1'000'000));
    if (pick(4) == 0) files_.fail_writes(1 + pick(60), 1 + pick(4), ENOSPC, pick(200));
    files_.reset_counts();
    is_snapshotting_ = false;
    for (int step = 0; step < 2'000 && !files_.is_dead(); ++step) act(engine, disk);
    acknowledged_ = std::max(acknowledged_, disk.points().durable_to());
    crash();
  }

  void act(toy_engine& engine, store& disk) {
    const auto what = pick(20);
    if (what == 0) return forget(engine, disk);
    if (what == 1 && settings_.durability_level == durability::fsync) {
      disk.points().sync();
      return;
    }
    if (what < 6) return snapshot_step(engine, disk);
    send(engine, disk);
  }

  void send(toy_engine& engine, store& disk) {
    operation next;
    const std::string producer = pick(3) == 0 ? "" : "plant-" + std::to_string(pick(2));
    const auto count = 1 + pick(6);
    for (std::uint32_t at = 0; at < count; ++at) {
      toy_point each;
      each.stream = "stream-" + std::to_string(pick(5));
      each.producer = producer;
      if (!producer.empty()) each.seq = engine.producers[producer].last_seq + at + 1;
      each.ts = static_cast<std::int64_t>(pick(1'000'000)) - 500'000;
      each.value = static_cast<double>(pick(1'000'000)) / 7;
      for (std::uint32_t more = pick(8) == 0 ? pick(3) + 1 : 0; more > 0; --more) {
        each.values.emplace_back("f" + std::to_string(more + pick(2)), each.value * more);
      }
      next.points.push_back(each);
    }
    const auto before = disk.points().written_to();
    const auto state = engine.send(next.points, &disk.points());
    finish(next, state, before, disk.points().written_to());
  }

  void forget(toy_engine& engine, store& disk) {
    operation next;
    next.forgotten = "stream-" + std::to_string(pick(5));
    if (engine.streams.count(next.forgotten) == 0) return;
    const auto before = disk.points().written_to();
    const auto state = engine.forget(next.forgotten, &disk.points());
    finish(next, state, before, disk.points().written_to());
  }

  // A write that failed for good may still be in the file, whole: then the journal is longer than it knew.
  void finish(operation& next, journal_state state, journal_position before, journal_position after) {
    if (state == journal_state::full) return;
    next.end = state == journal_state::open ? after : before + 1;
    told_.push_back(next);
    if (settings_.durability_level == durability::process && state == journal_state::open) acknowledged_ = after;
  }

  // Begins, adds a few sections, or finishes.
  void snapshot_step(toy_engine& engine, store& disk) {
    if (!is_snapshotting_) {
      is_snapshotting_ = disk.begin_snapshot(0, {}).ok();
      next_stream_.clear();
      return;
    }
    for (std::uint32_t steps = 1 + pick(4); steps > 0; --steps) {
      const auto each = engine.streams.upper_bound(next_stream_);
      if (each == engine.streams.end()) {
        is_snapshotting_ = false;
        for (const auto& [name, who] : engine.producers) {
          if (who.last_seq != 0 && !toy_engine::save_producer(disk, name, who).ok()) return;
        }
        if (disk.finish_snapshot().ok()) acknowledged_ = std::max(acknowledged_, disk.points().durable_to());
        return;
      }
      next_stream_ = each->first;
      if (each->second.n != 0 && !toy_engine::save_stream(disk, each->first, each->second).ok()) {
        is_snapshotting_ = false;
        return;
      }
    }
  }

  void check(const toy_engine& recovered, journal_position end) {
    ASSERT_GE(end, acknowledged_);
    while (!told_.empty() && told_.back().end > end) told_.pop_back();
    toy_engine never_stopped;
    for (const auto& each : told_) {
      if (each.points.empty()) {
        never_stopped.forget(each.forgotten, nullptr);
      } else {
        never_stopped.send(each.points, nullptr);
      }
    }
    ASSERT_EQ(recovered.text(), never_stopped.text());
  }

  std::minstd_rand random_;
  memory_file_system files_;
  store_settings settings_;
  std::vector<operation> told_;  // in the order of the journal
  journal_position acknowledged_ = 0;
  bool is_snapshotting_ = false;
  std::string next_stream_;
};

void simulate(durability level) {
  std::uint64_t survived = 0;
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulation world(seed * 7919, level);
    world.run(8);
    if (::testing::Test::HasFatalFailure()) return;
    survived += world.survived();
  }
  EXPECT_GT(survived, 10'000U);  // else the test has tested nothing
}

TEST(simulation, of_kills_keeps_what_was_answered_exactly_once) {
  simulate(durability::process);
}

TEST(simulation, of_kills_and_power_cuts_keeps_what_was_synced_exactly_once) {
  simulate(durability::fsync);
}

}  // namespace
}  // namespace spindrift
