// Appends entries to segments, syncs them, and gives up what snapshots hold.
#include "server/store/journal.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <utility>

#include "server/store/state_directory.hpp"

namespace spindrift {

namespace {

// What fsync reports is final whatever it says: what became of the pages is not known.
storage_status sync_error(int error, const std::string& path) {
  auto status = storage_error(error, path, 0, "fsync");
  status.fault = storage_fault::failed;
  return status;
}

}  // namespace

journal::journal(file_system& files, const store_settings& settings)
    : files_(files),
      directory_(settings.directory),
      segment_bytes_(settings.segment_bytes),
      bytes_max_(settings.journal_bytes_max),
      syncs_(settings.durability_level == durability::fsync),
      fsync_interval_(settings.fsync_interval) {}

storage_status journal::start(journal_position base, journal_position previous_end) {
  const std::lock_guard writing(write_mutex_);
  written_to_ = synced_to_ = oldest_ = base;
  std::vector<numbered_file> segments;
  if (auto listed = list_numbered(files_, directory_, journal_prefix, segments); !listed.ok()) return note(listed);
  if (!segments.empty()) oldest_ = std::min(base, segments.front().position);
  auto status = note(begin_segment(base));
  previous_end_ = previous_end;
  return status;
}

journal::batch::batch(journal& log) : log_(log), lock_(log.write_mutex_) {
  log_.begin_batch();
}

journal::batch::~batch() {
  if (lock_.owns_lock()) log_.drop_batch();
}

void journal::batch::add(const point_record& record, journal_name& stream, journal_name* producer) {
  log_.begin_entry();
  log_.writer_.append(record, stream, producer, log_.buffer_);
  log_.end_entry();
}

void journal::batch::add_forgotten_stream(std::string_view name, journal_name& owner) {
  log_.begin_entry();
  log_.writer_.append_forget(false, name, owner, log_.buffer_);
  log_.end_entry();
}

void journal::batch::add_forgotten_producer(std::string_view name, journal_name& owner) {
  log_.begin_entry();
  log_.writer_.append_forget(true, name, owner, log_.buffer_);
  log_.end_entry();
}

void journal::batch::add_note(const stream_note& note, std::string_view name, journal_name& stream) {
  log_.begin_entry();
  log_.writer_.append_note(note, name, stream, log_.buffer_);
  log_.end_entry();
}

journal_state journal::batch::write() {
  assert(lock_.owns_lock());
  const auto status = log_.note(log_.write_batch());
  if (!status.ok()) log_.drop_batch();
  lock_.unlock();
  if (status.ok()) return journal_state::open;
  return status.fault == storage_fault::full ? journal_state::full : journal_state::failed;
}

void journal::begin_batch() {
  // A segment that cannot be begun now (no descriptor, no space for it) is no reason to stop: this one gets longer.
  if (written_to() - segment_ >= segment_bytes_ && state() == journal_state::open) note(begin_segment(written_to()));
  buffer_.clear();
  buffer_.put_gap(segment_header_bytes);
}

void journal::begin_entry() {
  if (!records_.empty() && buffer_.size() - records_.back().offset < record_bytes_full) return;
  records_.push_back({buffer_.put_gap(record_header_bytes), 0});
  writer_.begin_record();
}

void journal::end_entry() {
  ++records_.back().count;
}

void journal::drop_batch() {
  writer_.roll_back();
  records_.clear();
}

storage_status journal::note(storage_status status) {
  journal_state now = journal_state::open;
  if (!status.ok()) now = status.fault == storage_fault::full ? journal_state::full : journal_state::failed;
  if (now == journal_state::open && state() == journal_state::open) return status;
  {
    const std::lock_guard waiting(wait_mutex_);
    if (state() == journal_state::failed) return status_;
    status_ = status;
    state_.store(now, std::memory_order_release);
  }
  if (now == journal_state::failed) progress_.notify_all();
  return status;
}

storage_status journal::status() const {
  const std::lock_guard waiting(wait_mutex_);
  return status_;
}

void journal::seal_records() {
  for (std::size_t at = 0; at < records_.size(); ++at) {
    const auto [offset, count] = records_[at];
    const std::size_t end = at + 1 < records_.size() ? records_[at + 1].offset : buffer_.size();
    record_header header;
    header.ordered = !syncs_;
    header.count = count;
    header.position = written_to() + offset - segment_header_bytes;
    header.durable = synced_to();
    seal_record(buffer_.at(offset), end - offset, header);
  }
}

storage_status journal::write_batch() {
  if (state() == journal_state::failed) return status();
  if (records_.empty()) return {};
  if (bytes_max() != 0 && bytes_kept() + buffer_.size() > bytes_max()) {
    return {storage_fault::full, directory_, 0, "the journal is at --max-journal, since no snapshot could be taken"};
  }
  seal_records();
  auto bytes = buffer_.view();
  if (offset_ == 0) {
    const auto header = encode_segment_header({journal_version, segment_, previous_end_});
    std::copy(header.begin(), header.end(), buffer_.at(0));
  } else {
    bytes.remove_prefix(segment_header_bytes);
  }
  if (auto status = write_bytes(bytes); !status.ok()) return status;
  offset_ += bytes.size();
  const journal_position end = written_to() + buffer_.size() - segment_header_bytes;
  writer_.settle(end);
  records_.clear();
  written_to_.store(end, std::memory_order_release);
  if (syncs_) {
    { const std::lock_guard waiting(wait_mutex_); }  // whoever is about to wait has looked at written_to() by now
    progress_.notify_all();
  }
  return {};
}

storage_status journal::write_bytes(std::string_view bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const io_result result = file_->write_at(offset_ + done, bytes.substr(done));
    done += result.bytes;
    if (result.error == 0 && result.bytes != 0) continue;
    // If this fails too, the next write goes over the half batch, or recovery cuts it off.
    file_->truncate(offset_);
    return storage_error(result.error != 0 ? result.error : ENOSPC, path_, offset_ + done, "write");
  }
  return {};
}

// Leaves the open segment as it is unless the new one is there.
storage_status journal::begin_segment(journal_position base) {
  const std::string path = directory_ + "/" + numbered_name(journal_prefix, base);
  auto opened = files_.create(path);
  if (opened.error != 0) return storage_error(opened.error, path, 0, "cannot be created");
  if (auto status = retire_segment(); !status.ok()) return status;
  file_ = std::move(opened.file);
  path_ = path;
  segment_ = previous_end_ = base;
  offset_ = 0;
  writer_.begin_segment(base);
  directory_is_synced_ = syncs_;
  if (!syncs_) return {};
  const int error = files_.sync_directory(directory_);
  return error == 0 ? storage_status{} : sync_error(error, directory_);
}

// With fsync, a segment is on the disk before the next begins: only the last one can have a torn tail.
storage_status journal::retire_segment() {
  if (file_ == nullptr) return {};
  if (syncs_) {
    if (const int error = file_->sync(); error != 0) return sync_error(error, path_);
  } else {
    unsynced_.push_back(std::move(file_));
  }
  return {};
}

storage_status journal::rotate(journal_position& begin) {
  const std::lock_guard writing(write_mutex_);
  if (state() == journal_state::failed) return status();
  begin = written_to();
  return begin == segment_ ? storage_status{} : note(begin_segment(begin));
}

storage_status journal::sync() {
  const std::lock_guard syncing(sync_mutex_);
  std::vector<std::shared_ptr<storage_file>> files;
  journal_position target = 0;
  bool directory_is_synced = true;
  {
    const std::lock_guard writing(write_mutex_);
    if (state() == journal_state::failed) return status();
    files.swap(unsynced_);
    if (file_ != nullptr) files.push_back(file_);
    target = written_to();
    directory_is_synced = std::exchange(directory_is_synced_, true);
  }
  int error = 0;
  for (std::size_t at = 0; at < files.size() && error == 0; ++at) error = files[at]->sync();
  if (error == 0 && !directory_is_synced) error = files_.sync_directory(directory_);
  if (error != 0) {
    const std::lock_guard writing(write_mutex_);
    return note(sync_error(error, path_));
  }
  {
    const std::lock_guard waiting(wait_mutex_);
    synced_to_.store(target, std::memory_order_release);
  }
  progress_.notify_all();
  return {};
}

bool journal::sync_next() {
  {
    std::unique_lock waiting(wait_mutex_);
    const auto is_over = [&] { return stops_syncing_ || state() == journal_state::failed; };
    progress_.wait(waiting, [&] { return is_over() || written_to() > synced_to(); });
    progress_.wait_until(waiting, sync_began_ + fsync_interval_, is_over);
    if (is_over()) return false;
    sync_began_ = std::chrono::steady_clock::now();
  }
  return sync().ok();
}

void journal::stop_syncing() {
  {
    const std::lock_guard waiting(wait_mutex_);
    stops_syncing_ = true;
  }
  progress_.notify_all();
}

bool journal::wait_durable(journal_position position) {
  if (durable_to() >= position) return true;
  std::unique_lock waiting(wait_mutex_);
  progress_.wait(waiting,
                 [&] { return durable_to() >= position || stops_syncing_ || state() == journal_state::failed; });
  return durable_to() >= position;
}

void journal::remove_before(journal_position position) {
  std::vector<numbered_file> segments;
  if (!list_numbered(files_, directory_, journal_prefix, segments).ok()) return;
  bool is_gapless = true;
  for (std::size_t at = 0; at + 1 < segments.size() && segments[at + 1].position <= position; ++at) {
    is_gapless = files_.remove(segments[at].path) == 0 && is_gapless;
    if (is_gapless) oldest_.store(segments[at + 1].position, std::memory_order_release);
  }
}

storage_status journal::check_file() {
  const std::lock_guard writing(write_mutex_);
  if (file_ == nullptr || file_->has_name()) return {};
  return {storage_fault::failed, path_, 0, "the file was deleted"};
}

void journal::fail(const storage_status& why) {
  const std::lock_guard writing(write_mutex_);
  note(why);
}

storage_status journal::close() {
  stop_syncing();
  return sync();
}

}  // namespace spindrift
