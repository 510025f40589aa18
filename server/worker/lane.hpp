// A lane: some partitions of the topic of points, an engine for each, and the one transaction that their outputs go
// into. It is told what happened and answers with a step; it has no clock, no socket and no thread.
//
//   assigned -> (positioned -> fenced -> positioned) -> chunk* chunks_ended -> records: replayed up to the committed
//   offset in silence, then judged -> tick: commit -> committed | failed -> ... -> revoked: a last commit -> released
//
// Exactly once: position, outputs and the pointer to the snapshot change in one transaction. A partition's state is a
// function of its records alone (offset, time, key, value) and the settings, so replay brings it back to the byte; what
// a snapshot holds is the state at one offset, `at`, though it is taken a few streams at a time: a stream that is not
// in it yet is put there before its next point is applied. What is forgotten, and who is refused for too many streams,
// follows from the records as well.
//
// Recovery has one path: whatever fails (failed(), lost(), a wait that takes too long) drops all partitions and asks to
// start anew. Every wait has a deadline, by tick(). What cannot be cured by that ends the program: `stops`.
//
// One thread. Between two inputs the step is performed and cleared. Cost beside the engine's: a copy of each value, and
// the lines.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/engine/counters.hpp"
#include "server/worker/lane_counters.hpp"
#include "server/worker/partition_state.hpp"
#include "server/worker/record.hpp"
#include "server/worker/settings.hpp"
#include "server/worker/snapshot_pointer.hpp"
#include "server/worker/step.hpp"

namespace spindrift::worker {

struct held_partition;

enum class failure : std::uint8_t {
  abortable,    // the transaction is dead, the producer is not
  fatal,        // the producer, or the consumer, is dead
  fenced,       // somebody else has our transactional id: he who came later is right
  timed_out,    // no answer, whatever became of it
  undelivered,  // a message (output or chunk) was given up
};

// The answer to a position_ask.
struct found_position {
  std::int64_t committed = -1;  // -1: nothing was ever committed
  std::string_view metadata{};
  std::int64_t begin = 0;  // the oldest offset of points that is still there
  std::int64_t end = 0;    // behind the newest
};

class lane {
public:
  // The settings are copied; the counters outlive the lane. One lane lives as long as its thread: fresh starts are
  // within it.
  lane(const lane_settings& settings, counters& counts, lane_counters& own);
  ~lane();
  lane(const lane&) = delete;
  lane& operator=(const lane&) = delete;

  // Time, in milliseconds of any monotonic clock: commits, snapshots and deadlines are due by it. Several times a
  // commit interval, and before the first other input. While a snapshot is taken each call takes a slice of it.
  void tick(std::int64_t now_ms, step& out);

  // The group gave these partitions to us; they are paused until a seek.
  void assigned(std::span<const std::int32_t> partitions, step& out);
  // The group wants them back: with `released` they are committed and let go. Until then keep calling tick() and
  // deliver the answers; no records of any partition are needed for it.
  void revoked(std::span<const std::int32_t> partitions, step& out);
  // The group gave them to somebody else already.
  void lost(std::span<const std::int32_t> partitions, step& out);

  // Answers.
  void positioned(ticket of, const found_position& found, step& out);
  void fenced(ticket of, step& out);
  void chunk(ticket of, std::int64_t offset, std::string_view value, step& out);
  void chunks_ended(ticket of, step& out);
  void delivered(ticket chunk, std::int64_t offset, step& out);
  void committed(ticket of, step& out);
  // At-least-once, before committed(): all that was sent before this commit is with the broker. What comes of the
  // records that are given from now on belongs to the next one.
  void flushed(ticket of);
  // Whatever went wrong with what the lane asked for, or with the group.
  void failed(failure why, std::string_view detail, step& out);

  // Records of one partition in the order of their offsets. Those of partitions that are not ours, or that we have had
  // already, are passed over. Only while takes_records().
  void records(std::int32_t partition, std::span<const input_record> given, step& out);
  // How many to give at most at a time, so that no call takes more than a few milliseconds: fewer while streams have to
  // be put into a snapshot before their points are applied.
  std::size_t records_max() const { return snapshotting_ >= 0 ? records_max_in_snapshot : records_max_usual; }
  // The partition has no record between what we had and this offset (its end): replay may be over with it.
  void caught_up(std::int32_t partition, std::int64_t next_offset, step& out);

  // Memory has run out, or is back: records are not fetched meanwhile.
  void limit_memory(bool is_full, step& out);

  bool is_committing() const { return commit_ != 0; }
  // A transaction that ends takes nothing more; who only waits for offsets to be committed goes on.
  bool takes_records() const { return commit_ == 0 || is_flushed_; }
  // Everything that was assigned is replayed, and something was.
  bool is_ready() const;
  bool is_empty() const { return partitions_.empty(); }
  // Something of the transaction has been sent, or is to be.
  bool is_dirty() const;
  std::vector<partition_state> describe() const;

private:
  static constexpr std::size_t records_max_usual = 1'024;
  static constexpr std::size_t records_max_in_snapshot = 128;

  using held = held_partition;
  using waiting = std::map<std::int32_t, std::unique_ptr<held>>;

  ticket next_ticket() { return ++tickets_; }
  held* find(std::int32_t number);
  held* find_asking(ticket of);
  void drop_all();
  void start_anew(std::string why, step& out);
  void stop(int exit_code, std::string message, step& out);
  static void note(notice_level level, std::string_view event, std::int32_t partition, std::string text, step& out);
  void watch_deadlines(step& out);

  // Take-over (lane_takeover.cpp).
  void ask_position(held& of, bool stable, step& out);
  void ask_fence(held& of, const std::string& owner, step& out);
  void take_position(held& of, const found_position& found, step& out);
  bool is_offset_lost(held& of, const found_position& found, step& out);
  void begin_next_restore(step& out);
  void end_restore(held& of, step& out);
  void lose_snapshot(held& of, const std::string& why, step& out);
  void learn_anew(held& of);
  void begin_replay(held& of, step& out);
  void finish_replay(held& of, step& out);

  // Commits and snapshots (lane_commit.cpp).
  void commit_if_due(step& out);
  bool is_worth_a_commit(const held& of) const;
  bool is_ready_to_leave(const held& of) const;
  void begin_commit(step& out);
  void let_go(held& of, step& out);
  bool wants_snapshot(const held& of) const;
  void choose_snapshot();
  void begin_snapshot(held& of);
  void abandon_snapshot();
  void release_late_ones();
  void advance_snapshot(step& out, bool sends_alone = false);
  void end_snapshot_if_delivered(held& of);
  std::string owner_mark() const;

  lane_settings settings_;
  std::uint64_t settings_hash_;
  counters& counts_;
  lane_counters& own_;

  std::int64_t now_ms_ = 0;
  ticket tickets_ = 0;
  waiting partitions_;
  struct pending_fence {
    ticket id = 0;
    std::int64_t deadline_ms = 0;
  };
  std::map<std::string, pending_fence> fences_;      // asked for, by owner
  std::map<ticket, std::int32_t> chunks_in_flight_;  // of which partition
  std::int64_t chunk_progress_ms_ = 0;               // when one was delivered, or the first was sent
  std::int32_t restoring_ = -1;
  std::int32_t snapshotting_ = -1;
  ticket commit_ = 0;
  bool is_flushed_ = false;           // what that commit speaks of
  std::int64_t commit_began_ms_ = 0;  // of this one, or the last
  std::size_t sent_bytes_ = 0;        // in this transaction
  std::uint64_t replay_per_s_ = 0;    // records, as measured last
  bool is_memory_full_ = false;
  bool has_told_misrouted_ = false;
  bool is_over_ = false;  // stopped for good
};

}  // namespace spindrift::worker
