// Recovers what is on the disk, and writes on from there.
#include "server/store/store.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace spindrift {

store::store(file_system& files, store_settings settings)
    : files_(files),
      settings_(std::move(settings)),
      directory_(files),
      snapshot_(files),
      reader_(files, settings_.directory, settings_.repair),
      journal_(files, settings_) {
  assert(settings_.durability_level != durability::off);
}

storage_status store::open() {
  if (status_ = directory_.open(settings_.directory); !status_.ok()) return status_;
  files_.remove(settings_.directory + "/snapshot.tmp");  // of a process that died while it wrote
  std::vector<numbered_file> unreadable;
  if (status_ = choose_snapshot(unreadable); !status_.ok()) return status_;
  if (status_ = open_journal(unreadable); !status_.ok()) return status_;
  for (const auto& file : unreadable) {
    std::string into;
    if (status_ = set_aside(files_, settings_.directory, file.path, into); !status_.ok()) return status_;
    notes_.push_back({"snapshot_set_aside", into, unreadable_status_.offset, 0, unreadable_status_.reason});
  }
  return status_;
}

storage_status store::choose_snapshot(std::vector<numbered_file>& unreadable) {
  std::vector<numbered_file> snapshots;
  if (auto status = list_numbered(files_, settings_.directory, snapshot_prefix, snapshots); !status.ok()) return status;
  for (auto file = snapshots.rbegin(); file != snapshots.rend(); ++file) {
    auto status = snapshot_.open(file->path);
    if (status.ok()) {
      facts_ = snapshot_.facts();
      last_bytes_ = snapshot_.bytes();
      has_snapshot_ = true;
      return {};
    }
    if (status.fault == storage_fault::too_new) return status;
    if (unreadable.empty()) unreadable_status_ = status;
    unreadable.push_back(*file);
  }
  return {};
}

// Without any readable snapshot the journal may still go back to the first point; else the state is lost, and whether
// to start without it is for the operator to decide.
storage_status store::open_journal(const std::vector<numbered_file>& unreadable) {
  auto status = reader_.open(facts_.begin, facts_.end);
  const bool is_damaged = status.fault == storage_fault::damaged;
  const bool is_lost = !has_snapshot_ && !unreadable.empty() && (is_damaged || (status.ok() && reader_.is_empty()));
  if (!is_damaged && !is_lost) return status;
  if (is_lost) status = unreadable_status_;
  return settings_.repair ? reader_.set_all_aside("cannot be replayed: " + status.text()) : status;
}

bool store::next_section(snapshot_section& section) {
  if (!has_snapshot_ || !status_.ok()) return false;
  if (snapshot_.next(section)) return true;
  status_ = snapshot_.status();
  return false;
}

bool store::next_entry(journal_entry& entry) {
  if (!status_.ok()) return false;
  if (reader_.next(entry)) return true;
  status_ = reader_.status();
  return false;
}

storage_status store::start(time_point now) {
  if (!status_.ok()) return status_;
  const journal_position base = std::max({reader_.end(), facts_.begin, facts_.end});
  last_begin_ = facts_.begin;
  last_end_ = facts_.end;
  last_time_ = retry_time_ = now;
  return status_ = journal_.start(base, reader_.last_segment_end());
}

std::vector<storage_note> store::take_notes() {
  auto notes = std::exchange(notes_, {});
  auto more = reader_.take_notes();
  notes.insert(notes.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return notes;
}

bool store::wants_snapshot() const {
  return journal_.written_to() > last_end_;
}

bool store::snapshot_is_due(time_point now) const {
  if (!wants_snapshot() || now < retry_time_) return false;
  std::uint64_t enough = std::max(settings_.snapshot_bytes, last_bytes_ / 2);
  if (const std::uint64_t most = journal_.bytes_max(); most != 0) enough = std::min(enough, most / 4);
  return journal_.written_to() - last_begin_ >= enough || now - last_time_ >= settings_.snapshot_interval;
}

storage_status store::begin_snapshot(std::int64_t created_ms, time_point now) {
  retry_time_ = now + retry_interval_;
  retry_interval_ = std::min(2 * retry_interval_, retry_interval_max);
  last_time_ = now;
  writer_ = nullptr;
  if (auto status = journal_.rotate(snapshot_begin_); !status.ok()) return status;
  writer_ = std::make_unique<snapshot_writer>(files_, settings_.directory);
  return writer_->begin(snapshot_begin_, created_ms);
}

storage_status store::add_section(const snapshot_section& section) {
  return writer_ == nullptr ? not_begun() : writer_->add(section);
}

storage_status store::finish_snapshot() {
  if (writer_ == nullptr) return not_begun();
  const auto writer = std::move(writer_);
  const journal_position end = journal_.written_to();
  if (auto status = journal_.sync(); !status.ok()) return status;
  if (auto status = writer->publish(end); !status.ok()) {
    if (status.fault == storage_fault::failed) journal_.fail(status);
    return status;
  }
  last_begin_ = snapshot_begin_;
  last_end_ = end;
  last_bytes_ = writer->bytes();
  retry_time_ = last_time_;
  retry_interval_ = retry_interval_min;
  delete_old();
  return {};
}

storage_status store::check_place() {
  auto status = directory_.check();
  if (status.ok()) status = journal_.check_file();
  if (!status.ok()) journal_.fail(status);
  return status;
}

storage_status store::not_begun() const {
  return {storage_fault::full, settings_.directory, 0, "no snapshot was begun"};
}

// Keeps the two newest snapshots and every segment that the older of them needs; the newest alone where these segments
// would fill half of what the journal may have. What cannot be deleted is left over until the next time.
void store::delete_old() {
  std::vector<numbered_file> snapshots;
  if (!list_numbered(files_, settings_.directory, snapshot_prefix, snapshots).ok() || snapshots.empty()) return;
  for (std::size_t at = 0; at + 2 < snapshots.size(); ++at) files_.remove(snapshots[at].path);
  const numbered_file* const older = snapshots.size() < 2 ? nullptr : &snapshots[snapshots.size() - 2];
  if (older != nullptr) journal_.remove_before(older->position);
  if (journal_.bytes_max() == 0 || journal_.bytes_kept() <= journal_.bytes_max() / 2) return;
  if (older != nullptr && files_.remove(older->path) != 0) return;
  journal_.remove_before(snapshots.back().position);
}

}  // namespace spindrift
