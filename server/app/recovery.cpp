// The persistence's way back: the newest good snapshot, then the journal from there; and the snapshot that makes it
// short.
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "server/alerts/alert_desk.hpp"
#include "server/alerts/alert_sink.hpp"
#include "server/app/free_pages.hpp"
#include "server/app/persistence.hpp"
#include "server/app/replay_crew.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/sinks/history_sink.hpp"

namespace spindrift {

std::optional<std::string> persistence::recover(engine& observer, producer_table& producers) {
  engine_ = &observer;
  producers_ = &producers;
  state_ = std::make_unique<saved_state>(observer, producers);
  if (!store_) {
    const storage_status opened = open_events();
    return opened.ok() ? std::nullopt : std::optional(opened.text());
  }
  const auto began = std::chrono::steady_clock::now();
  storage_status opened = store_->open();  // takes the lock, so the history comes after it
  if (opened.ok()) opened = open_events();
  log_notes();
  if (!opened.ok()) return opened.text();
  const moment at = now();
  if (auto wrong = load_sections(at)) return wrong;
  state_->log_losses();
  const std::uint64_t replayed = replay_journal(at);
  if (replayed > 0) give_free_pages_back();  // what was gathered of the journal
  log_notes();
  if (!store_->status().ok()) return store_->status().text();
  if (const storage_status started = store_->start(std::chrono::steady_clock::now()); !started.ok())
    return started.text();
  producers.on_forget([this](producer& forgotten) {
    journal::batch out(store_->points());
    out.add_forgotten_producer(forgotten.name(), forgotten.journal());
    return out.write() == journal_state::open;
  });
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  log_event(log_level::info, "recovered",
            {{"streams", std::uint64_t{observer.stream_count()}},
             {"producers", std::uint64_t{producers.size()}},
             {"replayed", replayed},
             {"milliseconds", std::int64_t{took.count()}}});
  return std::nullopt;
}

storage_status persistence::open_events() {
  storage_status opened = history_.open(settings_);
  if (!opened.ok() || alerts_ == nullptr) return opened;
  const bool is_in_memory = settings_.durability_level == durability::off;
  return alerts_->open(is_in_memory ? memory_path : settings_.directory + "/alerts.db", waits_for_disk());
}

std::optional<std::string> persistence::load_sections(moment at) {
  engine_->expect_streams(store_->facts().sections);
  for (snapshot_section section; store_->next_section(section);) state_->load(section, at);
  state_->finish_load();
  if (!store_->status().ok()) return store_->status().text();
  return std::nullopt;
}

// What is of streams by several threads; producers that go, and what must be there for the entries of a stream, in
// between.
std::uint64_t persistence::replay_journal(moment at) {
  replay_crew crew(*engine_, {}, at,
                   {[this](const replayed_notices& done) { take_replayed(done); },
                    [this](const replayed_verdict& done) { take_replayed(done); }});
  std::uint64_t count = 0;
  for (journal_entry entry; store_->next_entry(entry); ++count) {
    const bool is_of_producer = entry.type == journal_entry::kind::forget_producer;
    if (is_of_producer || state_->is_unreadable(entry.record.subject.stream)) {
      crew.finish();
      state_->revive(entry, at);
    }
    if (is_of_producer) {
      producers_->replay_forget(entry.record.producer, entry.position);
    } else {
      crew.gather(entry);
    }
  }
  crew.finish();
  return count;
}

// What an entry told is in the history again,
void persistence::take_replayed(const replayed_notices& done) {
  record_told(done.told, done.stream);
  if (done.note != nullptr) record_mark(done.stream, *done.note);
}

// and a point's verdict with its producer.
void persistence::take_replayed(const replayed_verdict& done) {
  const auto whose = producers_->find_or_create(done.producer);
  if (whose && done.position > whose->journal().position) whose->keep(done.seq, done.bytes);
}

// What the replay of an entry told, into the history and to alerts.
void persistence::record_told(const std::vector<told_event>& told, std::string_view stream) {
  for (const told_event& said : told) {
    scratch_.clear();
    if (!said.notice.is_picture_alone) encode(said.notice, stream, said.feature, scratch_);
    history_.record_again(history_event_of(said.notice, stream, scratch_));
    if (alerts_ == nullptr || !alerts_->is_listening() || said.notice.is_picture_alone) continue;
    alerts_->offer_again(notice_of(said.notice, stream, scratch_));
  }
}

bool persistence::take_snapshot(const std::function<void()>& between) {
  if (!store_) return false;
  const auto began = std::chrono::steady_clock::now();
  storage_status status = store_->begin_snapshot(now().wall_ms, began);
  if (status.ok()) status = state_->save(*store_, between);
  if (status.ok()) status = history_.flush(true);
  if (status.ok() && alerts_ != nullptr) status = alerts_->flush();
  // A snapshot that lacks something must not be published: the journal behind it would be deleted.
  if (status.ok()) {
    status = store_->finish_snapshot();
  } else {
    store_->drop_snapshot();
  }
  if (!status.ok()) {
    snapshots_failed_.fetch_add(1, std::memory_order_relaxed);
    log_event(log_level::warning, "snapshot_failed", {{"reason", status.text()}});
    return false;
  }
  snapshots_.fetch_add(1, std::memory_order_relaxed);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  log_event(log_level::info, "snapshot", {{"milliseconds", std::int64_t{took.count()}}});
  return true;
}

}  // namespace spindrift
