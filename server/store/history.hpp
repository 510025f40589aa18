// The history of events, off the hot path: a bounded queue, and one thread that writes what is in it to SQLite, a
// transaction a batch.
//
// record() never blocks on the disk: when the queue is full (queue_events_max or queue_bytes_max) the event is dropped
// and counted. While the disk is full or the database is busy the events wait in the queue and are tried again; a
// broken database is set aside and a new one begun. find() sees everything recorded before it was called, takes as long
// as SQLite takes (milliseconds; a rare name among a million events up to a second), and so belongs on a thread that
// may wait. Any thread may call anything; open() before and close() after all else.
//
// After a crash, events that were still in the queue come back by replay, provided that each was recorded before its
// batch's verdicts were sent and that flush() came before the snapshot was finished.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/store/event_backlog.hpp"
#include "server/store/event_table.hpp"
#include "server/store/settings.hpp"
#include "server/store/status.hpp"

namespace spindrift {

class history {
public:
  // 65,536 events are some seconds of a flood at the rate SQLite writes; a multivariate line is up to 6 KiB.
  static constexpr std::size_t queue_events_max = 65'536;
  static constexpr std::size_t queue_bytes_max = 32U << 20U;
  static constexpr std::size_t batch_events = 2'000;
  // An event waits so long for others to share its transaction, which costs as much as many rows and writes each page
  // once, unless someone waits: a query or a snapshot never finds less for it, and a crash brings the queue back.
  static constexpr std::chrono::milliseconds gathering_time{500};
  static constexpr std::chrono::seconds retry_interval{1};
  static constexpr std::chrono::seconds retention_interval{60};

  history() = default;
  ~history();
  history(const history&) = delete;
  history& operator=(const history&) = delete;

  // The database is <settings.directory>/history.db, or in memory with durability off.
  storage_status open(const store_settings& settings);
  // Writes what is queued, as far as the database takes it, and ends the thread.
  void close();

  void record(const history_event& event);
  // At a start, of what the journal tells again: waits for the database where the queue is full, so that none is
  // dropped while the database takes them.
  void record_again(const history_event& event);
  // Waits until what was recorded before is in the database and, with `durable`, on the disk. Not ok when the database
  // does not take it now.
  storage_status flush(bool durable);
  storage_status find(const history_query& query, std::vector<history_event>& found);
  storage_status find_event(const std::string& stream, std::uint64_t number, std::optional<history_event>& found);

  std::uint64_t recorded() const { return recorded_.load(std::memory_order_relaxed); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  storage_status status() const;  // of the newest batch
  std::vector<storage_note> take_notes();

private:
  bool has_room_for(std::size_t bytes) const;
  void run();
  void write_batch(std::unique_lock<std::mutex>& lock);
  storage_status insert(const std::vector<history_event>& events);
  void retain_if_due();

  store_settings settings_;
  std::mutex table_mutex_;  // never taken while queue_mutex_ is held
  event_table table_;
  std::chrono::steady_clock::time_point retained_{};

  mutable std::mutex queue_mutex_;
  std::condition_variable work_;
  std::condition_variable progress_;
  event_backlog queue_;             // what has come of late
  std::size_t waiting_events_ = 0;  // in it, and what the thread has taken of it and not yet written
  std::size_t waiting_bytes_ = 0;
  std::uint64_t queued_count_ = 0;   // ever put into the queue
  std::uint64_t written_count_ = 0;  // of those, done with
  std::size_t waiting_ = 0;          // calls that wait for what is written
  storage_status status_;
  bool stops_ = true;  // no thread: not opened, or closing
  // Of the thread alone: a queue that it has taken whole, and of that what is to be written next, or again.
  event_backlog taken_;
  std::vector<history_event> batch_;
  std::thread thread_;
  std::atomic<std::uint64_t> recorded_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace spindrift
