// What lasts: the journal that points are written to before they are answered, snapshots, the history of events.
//
// The engine calls append() under its locks; sessions ask for the history; everything else is the persistence's own two
// threads: one takes snapshots and watches the disk, one (with durability fsync) syncs and tells whoever waits. With
// durability off there is no journal and the history lives in memory. recover() before and stop() after all else.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "server/app/saved_state.hpp"
#include "server/engine/moment.hpp"
#include "server/engine/point_journal.hpp"
#include "server/session/authenticator.hpp"
#include "server/session/step.hpp"
#include "server/store/history.hpp"
#include "server/store/store.hpp"

namespace spindrift {

class alert_desk;
class engine;
class producer_table;
struct replayed_notices;
struct replayed_verdict;
struct told_event;

class persistence final : public point_journal {
public:
  // The file system outlives the persistence. The history of events is SQLite's and knows only the real one.
  persistence(const store_settings& settings, file_system& files);
  ~persistence() override;
  persistence(const persistence&) = delete;
  persistence& operator=(const persistence&) = delete;

  // Brings the engine and the producers back to where they were. Returns why the server must not start. Both outlive
  // the persistence's threads.
  std::optional<std::string> recover(engine& observer, producer_table& producers);
  // `durable` is called after each sync, from a thread of ours; `failed` once, when no more points may be taken.
  void start(std::function<void()> durable, std::function<void()> failed);
  // After the shards have ended and before engine and producers go: a last snapshot, everything on the disk. False when
  // something could not be written.
  bool stop();
  // Instead of stop(), for whoever has no threads and no alerts: everything on the disk, and no snapshot, so that the
  // next start hears of all that the journal tells.
  bool close();

  bool append(const batch& points) override;
  bool forget(stream& gone) override;
  bool note(stream& of, const stream_note& said) override;
  history& events() { return history_; }
  // Before recover(): who else hears what replay tells, and has to have written it before a snapshot is finished.
  // Outlives the threads.
  void tell_also(alert_desk& told) { alerts_ = &told; }
  // What the history desk says (event_answer.cpp), from its thread. `who` may ask this; null: everything.
  desk_answer answer_to(const question& asked, const identity* who);

  // Another bound of the journal; any thread, from start() on.
  void bound_journal(std::uint64_t bytes_max) {
    if (store_) store_->points().bound(bytes_max);
  }

  // What the two threads do, a step at a time; for whoever runs the persistence without start(). `between` is called
  // again and again while the snapshot is taken, with no lock held. False when nothing was written: it failed, or
  // durability is off.
  bool take_snapshot(const std::function<void()>& between = {});
  bool sync_now() { return store_ && store_->points().sync().ok(); }

  bool waits_for_disk() const { return settings_.durability_level == durability::fsync; }
  journal_position written_to() const { return store_ ? store_->points().written_to() : 0; }
  journal_position durable_to() const { return store_ ? store_->points().durable_to() : 0; }
  // The disk failed for good: no point is taken any more, and what is not durable yet never will be.
  bool is_lost() const { return store_ && store_->points().state() == journal_state::failed; }
  bool is_full() const { return store_ && store_->points().state() == journal_state::full; }
  std::uint64_t events_dropped() const { return history_.dropped(); }
  std::uint64_t journal_bytes() const { return store_ ? store_->points().bytes_kept() : 0; }
  std::uint64_t snapshots() const { return snapshots_.load(std::memory_order_relaxed); }
  std::uint64_t snapshots_failed() const { return snapshots_failed_.load(std::memory_order_relaxed); }

private:
  std::optional<std::string> load_sections(moment at);
  std::uint64_t replay_journal(moment now);
  void take_replayed(const replayed_notices& done);
  void take_replayed(const replayed_verdict& done);
  void record_mark(std::string_view stream, const stream_note& said);
  void record_told(const std::vector<told_event>& told, std::string_view stream);
  storage_status open_events();
  desk_answer answer_to(const history_command& asked, const identity* who);
  desk_answer answer_to(const explain_command& asked, const identity* who);
  desk_answer answer_to(const mark_command& asked, const identity* who);
  desk_answer answer_to(const event_page_question& asked, const identity* who);
  std::vector<history_event> find_events(const history_query& wanted);
  bool find_event(const std::string& stream, std::uint64_t number, history_event& found);
  bool end_threads();
  void watch();
  void glance();
  void sync();
  void log_notes();

  store_settings settings_;
  std::optional<store> store_;  // none with durability off
  history history_;
  alert_desk* alerts_ = nullptr;
  engine* engine_ = nullptr;
  producer_table* producers_ = nullptr;
  std::unique_ptr<saved_state> state_;  // from recover() on
  std::string scratch_;

  std::function<void()> durable_;
  std::function<void()> failed_;
  std::mutex lock_;
  std::condition_variable wake_;
  bool stopping_ = false;
  journal_state seen_state_ = journal_state::open;  // the watcher's, as is the next
  std::chrono::steady_clock::time_point glanced_{};
  std::atomic<std::uint64_t> snapshots_{0};
  std::atomic<std::uint64_t> snapshots_failed_{0};
  std::thread watcher_;
  std::thread syncer_;
};

}  // namespace spindrift
