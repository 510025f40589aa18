// The journal, for reading after a start: takes every entry behind a position back, in order, and repairs the end.
//
// A bad record in the last segment with nothing after it that proves otherwise is the torn end of a write whose
// verdicts were never sent: it is cut off and noted. Anything else that is not as it was written is damage: next() ends
// and status() says file and offset; with `repair` the rest of the segment and all later segments are set aside, noted,
// and the log ends before the damage. A last segment without a byte that began before `from`, where nothing beyond
// `from` is known to have been written, is removed and noted. The log as it then is, cuts included, is on the disk
// (fsync) when next() says that it ended: what comes after it may rely on it.
//
// next() false with status().ok(): the log ends at end(), and a journal can be started there. One thread; the directory
// is locked by the caller. Memory: one record (1 MiB) and the names of one segment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/store/file_system.hpp"
#include "server/store/record.hpp"
#include "server/store/segment.hpp"
#include "server/store/state_directory.hpp"
#include "server/store/status.hpp"

namespace spindrift {

class journal_reader {
public:
  journal_reader(file_system& files, std::string directory, bool repair);

  // Finds the segment that holds `from`. Everything before `safe_to` is known to have been on the disk (the snapshot
  // says so): bad or missing bytes there are damage, never a torn tail. Where a segment is of a later version, nothing
  // is touched and the fault is too_new: the program that wrote it is to find all as it left it.
  storage_status open(journal_position from, journal_position safe_to);
  // The next entry whose position is beyond `from`. Views in it are valid until the next call.
  bool next(journal_entry& entry);
  const storage_status& status() const { return status_; }
  bool is_empty() const { return segments_.empty(); }  // no segments at all
  journal_position end() const { return end_; }        // at least `from`
  // Where the records of the last segment end: what the next segment's header must say.
  journal_position last_segment_end() const { return last_segment_end_; }
  std::uint64_t entries_read() const { return entries_read_; }
  std::vector<storage_note> take_notes();

  // Sets all segments aside: for a start without a snapshot that they would follow. With `repair` only.
  storage_status set_all_aside(const std::string& reason);

private:
  enum class ending : std::uint8_t { record, log, fault };
  storage_status refuse_later_version();
  storage_status remove_for_good(const std::string& path);
  storage_status drop_torn_segments();
  void end_log(journal_position end);
  storage_status open_segment();
  ending next_record();
  ending next_segment();
  ending bad_record();
  ending drop_empty_segment();
  ending cut(const std::string& reason);
  ending repair_from_here(const std::string& reason);
  storage_status keep_rest(std::string& into);
  storage_status shorten();
  bool is_last() const { return at_ + 1 >= segments_.size(); }
  ending fail(storage_status status);
  ending damaged(const std::string& reason);

  file_system& files_;
  const std::string directory_;
  const bool repair_;
  journal_position from_ = 0;
  journal_position safe_to_ = 0;
  journal_position end_ = 0;
  journal_position last_segment_end_ = 0;
  std::vector<numbered_file> segments_;
  std::size_t at_ = 0;
  std::unique_ptr<segment> segment_;
  entry_reader entries_;
  std::uint64_t entries_read_ = 0;
  storage_status status_;
  std::vector<storage_note> notes_;
};

}  // namespace spindrift
