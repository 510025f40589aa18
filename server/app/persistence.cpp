// Writes the journal of points, takes snapshots, and says what happens when the disk will not.
#include "server/app/persistence.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "server/clock/clock.hpp"
#include "server/detect/archive.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/sinks/history_sink.hpp"
#include "server/store/yield_to_points.hpp"

namespace spindrift {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds glance_interval{200};

void log_storage(log_level level, std::string_view event, const storage_status& status) {
  log_event(level, event, {{"file", status.file}, {"offset", status.offset}, {"reason", status.reason}});
}

}  // namespace

persistence::persistence(const store_settings& settings, file_system& files) : settings_(settings) {
  if (settings.durability_level != durability::off) store_.emplace(files, settings);
}

// No snapshot here: by now the engine is gone.
persistence::~persistence() {
  end_threads();
}

void persistence::start(std::function<void()> durable, std::function<void()> failed) {
  durable_ = std::move(durable);
  failed_ = std::move(failed);
  if (!store_) return;
  watcher_ = std::thread([this] { watch(); });
  if (waits_for_disk()) syncer_ = std::thread([this] { sync(); });
}

bool persistence::append(const batch& points) {
  if (!store_) return true;
  journal::batch out(store_->points());
  const producer* const sender = points.sender;
  for (std::size_t i = 0; i < points.points.size(); ++i) {
    if (points.streams[i] == nullptr) continue;
    const verdict& numbered = points.outcomes[i].what;
    out.add({sender != nullptr ? std::string_view(sender->name()) : std::string_view(), numbered.subject, numbered.n},
            points.streams[i]->journal, sender != nullptr ? &points.sender->journal() : nullptr);
    const time_unit fixed = points.outcomes[i].fixes;
    if (fixed == time_unit::none) continue;
    stream_note note{stream_note::kind::unit, numbered.n};
    note.count = static_cast<std::uint64_t>(fixed);
    out.add_note(note, points.streams[i]->name, points.streams[i]->journal);
  }
  return out.write() == journal_state::open;
}

bool persistence::forget(stream& gone) {
  if (!store_) return true;
  journal::batch out(store_->points());
  out.add_forgotten_stream(gone.name, gone.journal);
  return out.write() == journal_state::open;
}

bool persistence::note(stream& of, const stream_note& said) {
  if (!store_) return true;
  journal::batch out(store_->points());
  out.add_note(said, of.name, of.journal);
  return out.write() == journal_state::open;
}

// Snapshots when they are due, and an eye on the journal and its directory; also in the middle of a long snapshot.
void persistence::watch() {
  for (std::unique_lock guard(lock_); !stopping_; wake_.wait_for(guard, glance_interval)) {
    guard.unlock();
    glance();
    if (!is_lost() && store_->snapshot_is_due(clock::now())) {
      take_snapshot([this] {
        yield_to_points();
        if (clock::now() - glanced_ >= glance_interval) glance();
      });
    }
    guard.lock();
  }
}

void persistence::glance() {
  glanced_ = clock::now();
  store_->check_place();
  const journal_state state = store_->points().state();
  if (state == std::exchange(seen_state_, state)) return;
  if (state == journal_state::open) log_event(log_level::info, "storage_recovered");
  if (state == journal_state::full) log_storage(log_level::error, "storage_full", store_->points().status());
  if (state != journal_state::failed) return;
  log_storage(log_level::error, "storage_failed", store_->points().status());
  failed_();
}

void persistence::sync() {
  while (store_->points().sync_next()) durable_();
  durable_();  // whoever still waits finds out that it waits in vain
}

// False when they have been ended before.
bool persistence::end_threads() {
  {
    const std::lock_guard guard(lock_);
    if (std::exchange(stopping_, true)) return false;
  }
  wake_.notify_all();
  if (watcher_.joinable()) watcher_.join();
  if (store_) store_->points().stop_syncing();
  if (syncer_.joinable()) syncer_.join();
  return true;
}

bool persistence::close() {
  if (!end_threads()) return true;
  const bool is_good = !store_ || store_->close().ok();
  history_.close();
  log_notes();
  return is_good;
}

bool persistence::stop() {
  if (!end_threads()) return true;
  bool is_good = true;
  if (store_ && engine_ != nullptr) store_->check_place();
  if (store_ && engine_ != nullptr && store_->points().state() != journal_state::failed) {
    if (store_->wants_snapshot()) take_snapshot();  // failing costs a longer restart, no points
    if (const storage_status closed = store_->close(); !closed.ok()) {
      log_storage(log_level::error, "storage_failed", closed);
      is_good = false;
    }
  } else if (store_ && engine_ != nullptr) {
    if (seen_state_ != journal_state::failed) {
      log_storage(log_level::error, "storage_failed", store_->points().status());
    }
    is_good = false;
  }
  history_.close();
  log_notes();
  return is_good;
}

void persistence::log_notes() {
  std::vector<storage_note> notes = history_.take_notes();
  if (store_) {
    for (storage_note& each : store_->take_notes()) notes.push_back(std::move(each));
  }
  for (const storage_note& each : notes) {
    log_event(log_level::warning, each.event,
              {{"file", each.file}, {"offset", each.offset}, {"bytes", each.bytes}, {"reason", each.reason}});
  }
}

}  // namespace spindrift
