// Reads entries back, segment by segment, and stops where they are torn.
#include "server/store/journal_reader.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace spindrift {

namespace {

constexpr std::size_t copy_bytes = 1U << 20U;

}  // namespace

journal_reader::journal_reader(file_system& files, std::string directory, bool repair)
    : files_(files), directory_(std::move(directory)), repair_(repair) {}

std::vector<storage_note> journal_reader::take_notes() {
  return std::exchange(notes_, {});
}

journal_reader::ending journal_reader::fail(storage_status status) {
  status_ = std::move(status);
  segment_ = nullptr;
  return ending::fault;
}

journal_reader::ending journal_reader::damaged(const std::string& reason) {
  return fail({storage_fault::damaged, segments_[at_].path, segment_->offset(), reason});
}

storage_status journal_reader::open(journal_position from, journal_position safe_to) {
  from_ = end_ = last_segment_end_ = from;
  safe_to_ = safe_to;
  if (status_ = list_numbered(files_, directory_, journal_prefix, segments_); !status_.ok()) return status_;
  if (status_ = refuse_later_version(); !status_.ok()) return status_;
  if (status_ = drop_torn_segments(); !status_.ok()) return status_;
  if (segments_.empty()) {
    if (safe_to > from && !repair_) status_ = {storage_fault::damaged, directory_, 0, "the journal is missing"};
    if (safe_to > from && repair_) notes_.push_back({"journal_missing", directory_, 0, safe_to - from, ""});
    return status_;
  }
  const auto behind =
      std::upper_bound(segments_.begin(), segments_.end(), from,
                       [](journal_position position, const auto& file) { return position < file.position; });
  if (behind == segments_.begin()) {
    status_ = {storage_fault::damaged, segments_.front().path, 0,
               "the segments before are missing: position " + std::to_string(from) + " is needed"};
    return status_;
  }
  at_ = static_cast<std::size_t>(behind - segments_.begin()) - 1;
  return status_ = open_segment();
}

// Before anything is repaired, here or by who comes after (the history is set aside when it is of a later version): a
// start that is refused at the third segment would have done that by then. What cannot be read is not judged here.
storage_status journal_reader::refuse_later_version() {
  std::array<char, segment_header_bytes> bytes{};
  for (const auto& each : segments_) {
    const auto opened = files_.open(each.path);
    if (opened.error != 0) continue;
    const io_result got = opened.file->read_at(0, bytes);
    segment_header header;
    if (got.error != 0 || !decode_segment_header({bytes.data(), got.bytes}, header)) continue;
    if (header.version > journal_version) {
      return {storage_fault::too_new, each.path, 0, "written by a later version of this program"};
    }
  }
  return {};
}

storage_status journal_reader::remove_for_good(const std::string& path) {
  if (const int error = files_.remove(path); error != 0) return storage_error(error, path, 0, "remove");
  if (const int error = files_.sync_directory(directory_); error != 0) {
    return storage_error(error, directory_, 0, "fsync of the directory");
  }
  return {};
}

// A segment whose first write was torn holds nothing that was answered; without it, the one before is the last.
storage_status journal_reader::drop_torn_segments() {
  while (!segments_.empty() && segments_.back().position >= safe_to_) {
    const auto& last = segments_.back();
    auto opened = files_.open(last.path);
    if (opened.error != 0) return storage_error(opened.error, last.path, 0, "cannot be opened");
    segment read(std::move(opened.file), last.position);
    if (read.read_header() == segment::step::record) {
      if (read.bytes() > segment_header_bytes) return {};
    } else if (read.later_record_proves_damage()) {
      return {};
    }
    if (read.error() != 0) return storage_error(read.error(), last.path, 0, "read");
    if (auto status = remove_for_good(last.path); !status.ok()) return status;
    if (read.bytes() != 0) {
      notes_.push_back({"journal_tail_cut", last.path, 0, read.bytes(), "the segment's first write was torn"});
    }
    segments_.pop_back();
  }
  return {};
}

storage_status journal_reader::open_segment() {
  const auto& at = segments_[at_];
  auto opened = files_.open(at.path);
  if (opened.error != 0) return storage_error(opened.error, at.path, 0, "cannot be opened");
  segment_ = std::make_unique<segment>(std::move(opened.file), at.position);
  entries_.begin_segment();
  return {};
}

bool journal_reader::next(journal_entry& entry) {
  while (segment_ != nullptr) {
    if (entries_.next(entry)) {
      if (entry.position <= from_) continue;
      ++entries_read_;
      return true;
    }
    if (!entries_.ok()) {
      // The checksum holds, so this is no torn write: a record of a later version, or a bug. Not to be cut lightly.
      damaged("the record before this offset does not decode");
      return false;
    }
    if (next_record() != ending::record) return false;
  }
  return false;
}

journal_reader::ending journal_reader::next_record() {
  if (segment_->offset() == 0) {
    switch (segment_->read_header()) {
      case segment::step::io_error:
        return fail(storage_error(segment_->error(), segments_[at_].path, 0, "read"));
      case segment::step::record:
        break;
      default:
        return bad_record();
    }
  }
  switch (segment_->next()) {
    case segment::step::record:
      entries_.begin_record(segment_->entries(), segment_->current().position);
      return ending::record;
    case segment::step::end:
      return next_segment();
    case segment::step::bad:
      return bad_record();
    default:
      return fail(storage_error(segment_->error(), segments_[at_].path, segment_->offset(), "read"));
  }
}

journal_reader::ending journal_reader::next_segment() {
  const journal_position end = segment_->position();
  // A killed process may have left this to the page cache; what is built on it must not outlive it.
  if (const int error = segment_->file().sync(); error != 0) {
    return fail(storage_error(error, segments_[at_].path, 0, "fsync"));
  }
  if (is_last()) {
    if (const int error = files_.sync_directory(directory_); error != 0) {
      return fail(storage_error(error, directory_, 0, "fsync of the directory"));
    }
    if (std::max(end, from_) < safe_to_) {
      const std::string reason = "records up to position " + std::to_string(safe_to_) + " are missing";
      if (!repair_) return damaged(reason);
      notes_.push_back({"journal_missing", segments_[at_].path, segment_->offset(), safe_to_ - end, reason});
    }
    end_log(end);
    return ending::log;
  }
  auto opened = files_.open(segments_[at_ + 1].path);
  if (opened.error != 0) return fail(storage_error(opened.error, segments_[at_ + 1].path, 0, "cannot be opened"));
  auto following = std::make_unique<segment>(std::move(opened.file), segments_[at_ + 1].position);
  // A damaged header is found, with its own file and offset, when that segment is the current one.
  if (following->read_header() == segment::step::record && following->header().previous_end != end) {
    const std::string reason = "records up to position " + std::to_string(following->header().previous_end) +
                               " are missing before the next segment";
    return repair_ ? repair_from_here(reason) : damaged(reason);
  }
  ++at_;
  if (auto status = open_segment(); !status.ok()) return fail(std::move(status));
  return next_record();
}

// A snapshot holds what was in it, so that nothing is missed. Where the log ended cannot be read there any more.
journal_reader::ending journal_reader::drop_empty_segment() {
  const auto& last = segments_[at_];
  notes_.push_back({"journal_missing", last.path, 0, from_ - last.position,
                    "the segment is empty; what it held is in the snapshot, and nothing is lost"});
  if (auto status = remove_for_good(last.path); !status.ok()) return fail(std::move(status));
  end_log(from_);
  return ending::log;
}

journal_reader::ending journal_reader::bad_record() {
  const bool is_covered = is_last() && from_ >= safe_to_ && from_ > segments_[at_].position;
  if (segment_->error() == 0 && segment_->bytes() == 0 && is_covered) return drop_empty_segment();
  const std::string reason = segment_->reason();
  const bool was_safe = !is_last() || segment_->position() < safe_to_;
  if (was_safe || segment_->later_record_proves_damage()) return repair_ ? repair_from_here(reason) : damaged(reason);
  if (segment_->error() != 0) {
    return fail(storage_error(segment_->error(), segments_[at_].path, segment_->offset(), "read"));
  }
  return cut(reason);
}

journal_reader::ending journal_reader::cut(const std::string& reason) {
  notes_.push_back(
      {"journal_tail_cut", segments_[at_].path, segment_->offset(), segment_->bytes() - segment_->offset(), reason});
  if (auto status = shorten(); !status.ok()) return fail(std::move(status));
  return ending::log;
}

void journal_reader::end_log(journal_position end) {
  last_segment_end_ = end;
  end_ = std::max(end_, end);
  segment_ = nullptr;
  entries_ = {};  // the names of all streams, for as long as the server runs
}

// The log ends at the current offset from now on.
storage_status journal_reader::shorten() {
  const std::string& path = segments_[at_].path;
  int error = segment_->file().truncate(segment_->offset());
  if (error == 0) error = segment_->file().sync();
  if (error == 0 && segment_->offset() <= segment_header_bytes) error = files_.remove(path);
  if (error == 0) error = files_.sync_directory(directory_);
  auto status = error != 0 ? storage_error(error, path, segment_->offset(), "cutting the tail") : storage_status{};
  end_log(segment_->position());
  return status;
}

// Later segments first, the damaged rest last: whatever interrupts this, the next start finds the damage again.
journal_reader::ending journal_reader::repair_from_here(const std::string& reason) {
  std::string into;
  while (!is_last()) {
    const std::string path = segments_.back().path;
    if (auto status = set_aside(files_, directory_, path, into); !status.ok()) return fail(std::move(status));
    notes_.push_back({"journal_set_aside", into, 0, 0, "follows damage in " + segments_[at_].path});
    segments_.pop_back();
  }
  const std::uint64_t lost = segment_->bytes() - segment_->offset();
  if (lost != 0) {
    if (auto status = keep_rest(into); !status.ok()) return fail(std::move(status));
    notes_.push_back({"journal_set_aside", into, segment_->offset(), lost, reason});
  }
  if (auto status = shorten(); !status.ok()) return fail(std::move(status));
  return ending::log;
}

// Copies what lies behind the good records to a file of its own.
storage_status journal_reader::keep_rest(std::string& into) {
  const std::string path = segments_[at_].path + ".rest";
  files_.remove(path);  // of a repair that was interrupted
  auto opened = files_.create(path);
  if (opened.error != 0) return storage_error(opened.error, path, 0, "cannot be created");
  std::string bytes(copy_bytes, '\0');
  std::uint64_t done = 0;
  for (std::uint64_t left = segment_->bytes() - segment_->offset(); left > 0;) {
    const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size()));
    const auto got = segment_->file().read_at(segment_->offset() + done, std::span<char>(bytes.data(), wanted));
    if (got.error != 0) return storage_error(got.error, segments_[at_].path, segment_->offset() + done, "read");
    if (got.bytes == 0) break;
    for (std::size_t put = 0; put < got.bytes;) {
      const auto result = opened.file->write_at(done + put, std::string_view(bytes).substr(put, got.bytes - put));
      if (result.error != 0 || result.bytes == 0) return storage_error(result.error, path, done + put, "write");
      put += result.bytes;
    }
    done += got.bytes;
    left -= got.bytes;
  }
  if (const int error = opened.file->sync(); error != 0) return storage_error(error, path, 0, "fsync");
  if (auto status = set_aside(files_, directory_, path, into); !status.ok()) return status;
  return {};
}

storage_status journal_reader::set_all_aside(const std::string& reason) {
  status_ = {};
  for (; !segments_.empty(); segments_.pop_back()) {
    std::string into;
    const auto& last = segments_.back();
    end_log(last.position);
    if (auto status = set_aside(files_, directory_, last.path, into); !status.ok()) return status;
    notes_.push_back({"journal_set_aside", into, 0, 0, reason});
  }
  return {};
}

}  // namespace spindrift
