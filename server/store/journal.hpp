// The journal, for writing: a batch of points goes in, with one write(), before any of its verdicts goes out.
//
//   journal::batch out(log);                 // locks the journal; call with the streams' locks held
//   out.add(record, stream_name, producer);  // for every point, numbered but not yet applied
//   if (out.write() == journal_state::open) …apply the points, else take the numbers back
//
// Writing inside the locks of the batch's streams makes the journal's order the order of every stream's numbers. A
// batch is written whole or, as far as anyone can see later, not at all: after a short write the file is cut back to
// the last good batch. `full` (the disk's end, or --max-journal) passes by itself, the next batch tries again. Any
// other error, and any failed fsync, is final: nothing is retried and every later write() gives `failed`. Memory: one
// batch.
//
// With durability fsync the verdicts wait further, until durable_to() has reached the batch's end.
//
// Any thread may call anything but start() and close(). The journal's locks come after all others, in the order sync,
// write, wait. Cost: see docs/benchmarks.md; about 20 bytes a univariate point.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/bytes.hpp"
#include "server/store/file_system.hpp"
#include "server/store/record.hpp"
#include "server/store/settings.hpp"
#include "server/store/status.hpp"

namespace spindrift {

enum class journal_state : std::uint8_t { open, full, failed };

class journal {
public:
  class batch;

  journal(file_system& files, const store_settings& settings);
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;

  // Begins a new segment at `base`, beyond all that was ever written; the last segment there is ends at `previous_end`.
  // Once, before all else.
  storage_status start(journal_position base, journal_position previous_end);

  // One thread (the group commit) runs `while (log.sync_next()) …;` and after each round tells whoever waits for
  // durable_to(). Blocks until something is written and not synced, then syncs, at most once per fsync_interval; false
  // after a failure or stop_syncing().
  bool sync_next();
  void stop_syncing();
  // Of all segments; 0: no bound. Another one holds from the next batch on.
  std::uint64_t bytes_max() const { return bytes_max_.load(std::memory_order_relaxed); }
  void bound(std::uint64_t bytes_max) { bytes_max_.store(bytes_max, std::memory_order_relaxed); }
  // Blocks until a written position is durable; false when it never will be. With durability process: at once.
  bool wait_durable(journal_position position);
  // fsync of everything written so far, by the caller.
  storage_status sync();

  // Ends the segment, so that replay from `begin`, the base of the next, starts with a file.
  storage_status rotate(journal_position& begin);
  // Deletes the segments that lie wholly before. Best effort: what cannot be deleted now is tried the next time.
  void remove_before(journal_position position);
  // `failed` when the open file was deleted under it.
  storage_status check_file();
  // Takes no more batches, for good: the disk failed elsewhere.
  void fail(const storage_status& why);
  // Syncs all that was written.
  storage_status close();

  journal_state state() const { return state_.load(std::memory_order_acquire); }
  storage_status status() const;  // why it is full or failed
  journal_position written_to() const { return written_to_.load(std::memory_order_acquire); }
  journal_position synced_to() const { return synced_to_.load(std::memory_order_acquire); }
  // Of all segments on the disk, as far as positions tell: without their headers.
  std::uint64_t bytes_kept() const { return written_to() - oldest_.load(std::memory_order_acquire); }
  journal_position durable_to() const { return syncs_ ? synced_to() : written_to(); }

private:
  struct record_begin {
    std::size_t offset;  // of its header in the buffer
    std::uint32_t count;
  };

  // All of these with the write lock held.
  void begin_batch();
  void begin_entry();
  void end_entry();
  void drop_batch();
  storage_status write_batch();
  storage_status write_bytes(std::string_view bytes);
  void seal_records();
  storage_status begin_segment(journal_position base);
  storage_status retire_segment();
  storage_status note(storage_status status);

  file_system& files_;
  const std::string directory_;
  const std::uint64_t segment_bytes_;
  std::atomic<std::uint64_t> bytes_max_;  // of all segments; 0: no bound
  const bool syncs_;
  const std::chrono::microseconds fsync_interval_;

  std::atomic<journal_state> state_{journal_state::open};
  std::atomic<journal_position> written_to_{0};
  std::atomic<journal_position> synced_to_{0};
  std::atomic<journal_position> oldest_{0};  // where the oldest segment begins

  std::mutex write_mutex_;
  entry_writer writer_;
  byte_buffer buffer_;  // room for the segment's header, then the records of the batch
  std::vector<record_begin> records_;
  std::shared_ptr<storage_file> file_;
  std::string path_;
  journal_position segment_ = 0;       // base of the open file
  journal_position previous_end_ = 0;  // of the segment before it
  std::uint64_t offset_ = 0;           // where the next write goes; 0: the segment's header is still to be written
  bool directory_is_synced_ = true;
  std::vector<std::shared_ptr<storage_file>> unsynced_;  // ended segments that wait for a sync

  std::mutex sync_mutex_;
  mutable std::mutex wait_mutex_;  // guards what follows, and goes with the condition
  std::condition_variable progress_;
  bool stops_syncing_ = false;
  std::chrono::steady_clock::time_point sync_began_{};
  storage_status status_;
};

// A batch in the making. Holds the journal's lock from construction to write(), or to destruction: then nothing
// happened.
class journal::batch {
public:
  explicit batch(journal& log);
  ~batch();
  batch(const batch&) = delete;
  batch& operator=(const batch&) = delete;

  // `producer` may be null when the record names none. The names must live until write().
  void add(const point_record& record, journal_name& stream, journal_name* producer);
  // The engine forgets a stream or a producer, and replay will as well. If write() succeeds, `owner` is done with.
  void add_forgotten_stream(std::string_view name, journal_name& owner);
  // What happened to a stream beside its points.
  void add_note(const stream_note& note, std::string_view name, journal_name& stream);
  void add_forgotten_producer(std::string_view name, journal_name& owner);

  // One write(), then unlocks. `open`: it is in the journal, and its end is the `position` of its names. Once.
  journal_state write();

private:
  journal& log_;
  std::unique_lock<std::mutex> lock_;
};

}  // namespace spindrift
