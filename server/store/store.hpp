// The state directory as a whole: finds the newest good snapshot, gives back what the engine needs to continue, keeps
// the journal, takes snapshots, and deletes what no restart needs.
//
// Start:   open(); next_section() until false; next_entry() until false; start(). Each false is the end or a fault,
// told
//          by status(). After a fault nothing was changed on disk but a torn tail, and the process must not serve.
// Run:     points() from any thread, see journal.hpp. A `failed` anywhere: take no more points, exit non-zero.
// Snapshot (one thread, beside the running shards):
//          begin_snapshot(); add_section() for every stream and then for every producer; finish_snapshot().
// Stop:    drain the shards, take a snapshot if wants_snapshot(), close().
//
// Why a snapshot taken while points flow is exact. Each section is serialised inside the lock of its stream (producer),
// which is held while a batch is written and applied, and carries journal_name::position, the end of the newest batch
// with an entry of that name: entries of the name up to there are in the section, later ones are not. So, on replay of
// an entry:
//   - stream: skip it if entry.position <= the position of the stream's section. Else apply it if entry.n is the
//   stream's
//     next number. If it is not, the stream was forgotten before its section could be taken: the entry is of that
//     earlier life, and a later `forget` undoes it: skip it.
//   - producer: put the verdict into the ring if entry.position > the position of the producer's section. The verdict
//     is at hand whenever it is needed, provided that producers are serialised after all streams, and that a producer's
//     lock is held from before a batch is written until its verdicts are in the ring.
//   - forget: by the same comparison.
// finish_snapshot() syncs the journal up to the present before the file gets its name, so no snapshot holds a point
// that the journal might not, and what is missing from the journal before that place is damage.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/store/file_system.hpp"
#include "server/store/journal.hpp"
#include "server/store/journal_reader.hpp"
#include "server/store/settings.hpp"
#include "server/store/snapshot.hpp"
#include "server/store/state_directory.hpp"
#include "server/store/status.hpp"

namespace spindrift {

class store {
public:
  using time_point = std::chrono::steady_clock::time_point;

  // The file system must outlive the store. Settings are valid and durability is not `off`.
  store(file_system& files, store_settings settings);
  store(const store&) = delete;
  store& operator=(const store&) = delete;

  storage_status open();
  // Of the snapshot that next_section() reads; zeros when there is none and the journal is replayed from its beginning.
  const snapshot_facts& facts() const { return facts_; }
  bool next_section(snapshot_section& section);
  bool next_entry(journal_entry& entry);
  storage_status start(time_point now);
  const storage_status& status() const { return status_; }
  // What recovery cut or set aside, for the log. Empties the list.
  std::vector<storage_note> take_notes();

  journal& points() { return journal_; }
  const journal& points() const { return journal_; }

  // Enough journal or time has passed since the last snapshot. After one that failed: not before 10 s, and twice as
  // long with each that fails, up to a minute.
  bool snapshot_is_due(time_point now) const;
  // Something was written since the last one.
  bool wants_snapshot() const;
  storage_status begin_snapshot(std::int64_t created_ms, time_point now);
  storage_status add_section(const snapshot_section& section);
  // `full`: the snapshot is dropped, the run goes on, a later one may succeed. `failed`: the journal is failed as well.
  storage_status finish_snapshot();
  // Instead of finish_snapshot(), when what belongs with it could not be done.
  void drop_snapshot() { writer_ = nullptr; }

  // Looks whether the directory and the journal's file are still what the path leads to; when not, the journal fails.
  // Cheap enough for several times a second; any thread.
  storage_status check_place();

  storage_status close() { return journal_.close(); }

private:
  static constexpr std::chrono::seconds retry_interval_min{10};
  static constexpr std::chrono::seconds retry_interval_max{60};

  storage_status choose_snapshot(std::vector<numbered_file>& unreadable);
  storage_status open_journal(const std::vector<numbered_file>& unreadable);
  storage_status not_begun() const;
  void delete_old();

  file_system& files_;
  const store_settings settings_;
  state_directory directory_;
  snapshot_reader snapshot_;
  snapshot_facts facts_;
  bool has_snapshot_ = false;
  storage_status unreadable_status_;  // of the newest snapshot that could not be read
  journal_reader reader_;
  journal journal_;
  storage_status status_;
  std::vector<storage_note> notes_;

  std::unique_ptr<snapshot_writer> writer_;
  journal_position snapshot_begin_ = 0;  // of the snapshot being written
  journal_position last_begin_ = 0;      // of the newest one on disk
  journal_position last_end_ = 0;
  std::uint64_t last_bytes_ = 0;
  time_point last_time_{};
  time_point retry_time_{};
  std::chrono::seconds retry_interval_ = retry_interval_min;
};

}  // namespace spindrift
