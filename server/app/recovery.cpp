// The persistence's way back: the newest good snapshot, then the journal from there; and the snapshot that makes it
// short.
#include <charconv>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "server/app/persistence.hpp"
#include "server/detect/archive.hpp"
#include "server/net/clock.hpp"

namespace spindrift {
namespace {

// What the engine puts into a snapshot. Raise the version with every change of what a section holds.
constexpr std::uint32_t state_version = 1;
enum section_type : std::uint16_t { section_settings = 1, section_stream = 2, section_producer = 3 };

std::string unreadable(std::string_view what, std::string_view name) {
  std::string text = "the snapshot's state of ";
  return text.append(what).append(" ").append(name).append(" cannot be read: it was written by another version");
}

}  // namespace

// Every setting that decides what a detector's state looks like. Thresholds do not: they may change between two runs.
std::string persistence::fingerprint() const {
  const detector_settings& all = engine_->settings().detectors;
  std::string text;
  for (const std::uint64_t each :
       {std::uint64_t{all.zscore_on}, std::uint64_t{all.adwin_on}, std::uint64_t{all.ensemble_on},
        std::uint64_t{all.isolation_forest_on}, static_cast<std::uint64_t>(all.zscore.method),
        std::uint64_t{all.zscore.seasonal}, std::uint64_t{all.zscore.window}, std::uint64_t{all.adwin.clock},
        std::uint64_t{all.adwin.max_buckets}, std::uint64_t{all.isolation_forest.trees},
        std::uint64_t{all.isolation_forest.sample_size}, std::uint64_t{all.isolation_forest.window},
        std::uint64_t{all.isolation_forest.rebuild_every}}) {
    append_number(each, text);
    text += ' ';
  }
  return text;
}

std::optional<std::string> persistence::recover(engine& observer, producer_table& producers) {
  engine_ = &observer;
  producers_ = &producers;
  if (!store_) {
    const storage_status opened = history_.open(settings_);
    return opened.ok() ? std::nullopt : std::optional(opened.text());
  }
  const auto began = std::chrono::steady_clock::now();
  storage_status opened = store_->open();  // takes the lock, so the history comes after it
  if (opened.ok()) opened = history_.open(settings_);
  log_notes();
  if (!opened.ok()) return opened.text();
  if (auto wrong = load_sections()) return wrong;
  const moment at = now();
  std::uint64_t replayed = 0;
  for (journal_entry entry; store_->next_entry(entry); ++replayed) replay(entry, at);
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

std::optional<std::string> persistence::load_sections() {
  for (snapshot_section section; store_->next_section(section);) {
    std::optional<std::string> wrong;
    if (section.type == section_settings) {
      detectors_changed_ = section.bytes != fingerprint();
      if (detectors_changed_)
        log_event(log_level::warning, "detectors_changed", {{"effect", "streams keep their numbers and learn anew"}});
    } else if (section.type == section_stream) {
      wrong = load_stream(section);
    } else if (section.type == section_producer) {
      wrong = load_producer(section);
    }
    if (wrong) return wrong;
  }
  if (!store_->status().ok()) return store_->status().text();
  return std::nullopt;
}

std::optional<std::string> persistence::load_stream(const snapshot_section& section) {
  state_reader in(section.bytes);
  std::vector<std::string> features;
  in.sequence(features, features_max);
  if (!in.ok()) return unreadable("stream", section.name);
  auto loaded = std::make_unique<stream>(section.name, std::move(features), engine_->settings().detectors);
  if (detectors_changed_) {
    in(loaded->n, loaded->last, loaded->last_ts);
  } else {
    in(*loaded);
  }
  if (!in.ok()) return unreadable("stream", section.name);
  loaded->journal.position = section.position;
  engine_->restore(std::move(loaded), now());
  return std::nullopt;
}

std::optional<std::string> persistence::load_producer(const snapshot_section& section) {
  state_reader in(section.bytes);
  auto loaded = std::make_shared<producer>(section.name);
  in(*loaded);
  if (!in.ok()) return unreadable("producer", section.name);
  loaded->journal().position = section.position;
  producers_->restore(std::move(loaded));
  return std::nullopt;
}

void persistence::replay(const journal_entry& entry, moment at) {
  const point_record& record = entry.record;
  if (entry.what == journal_entry::kind::forget_stream)
    return engine_->replay_forget(record.subject.stream, entry.position);
  if (entry.what == journal_entry::kind::forget_producer) {
    return producers_->replay_forget(record.producer, entry.position);
  }
  const auto again = engine_->replay(record, entry.position, at);
  if (!again) return;
  scratch_.clear();
  const bool is_named = !record.producer.empty();
  if (is_named || again->is_event()) encode(*again, scratch_);
  if (again->is_event()) this->record(*again, scratch_);
  if (!is_named) return;
  const auto whose = producers_->find_or_create(record.producer);
  if (whose && entry.position > whose->journal().position) whose->keep(record.subject.seq, scratch_);
}

bool persistence::take_snapshot(const std::function<void()>& between) {
  const auto pause = [&] {
    if (between) between();
  };
  const auto began = std::chrono::steady_clock::now();
  storage_status status = store_->begin_snapshot(state_version, now().wall_ms, began);
  const std::string settings = fingerprint();
  if (status.ok()) status = store_->add_section({section_settings, "detectors", 0, settings});
  // One buffer for all sections; name and position are copied out under the lock along with the state.
  std::string name;
  std::string bytes;
  journal_position position = 0;
  if (status.ok()) {
    engine_->save_streams(
        [&](stream& each) {
          bytes.clear();
          state_writer out(bytes);
          out.sequence(each.features, features_max);
          out(each);
          name = each.name;
          position = each.journal.position;
        },
        [&] {
          status = store_->add_section({section_stream, name, position, bytes});
          pause();
          return status.ok();
        });
  }
  pause();
  // After all streams: whatever a producer was answered is then in a stream's section or in the journal behind it.
  producers_->for_each([&](producer& each) {
    if (!status.ok()) return;
    bytes.clear();
    state_writer out(bytes);
    out(each);
    status = store_->add_section({section_producer, each.name(), each.journal().position, bytes});
  });
  pause();
  if (status.ok()) status = history_.flush(true);
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
