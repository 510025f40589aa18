// One segment of the journal, read record by record with every byte checked, in bounded memory (one record and one read
// of 1 MiB). Owns the open file; views are valid until the next call. One thread.
//
// Never trusts a length, never throws. What a bad record means (a torn tail, or damage) is for journal_reader to say;
// this class gives it the evidence.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/store/file_system.hpp"
#include "server/store/record.hpp"

namespace spindrift {

class segment {
public:
  enum class step : std::uint8_t {
    record,   // `entries()` is its content
    end,      // the file ends where a record ends
    bad,      // what begins at offset() is no intact record
    io_error  // error() says which
  };

  // `base` is the position in the file's name: with it, records are recognised even when the header is damaged.
  segment(std::unique_ptr<storage_file> file, journal_position base);

  // Reads the header first: record stands for "the header is good, records may follow".
  step read_header();
  step next();

  const segment_header& header() const { return header_; }
  const record_header& current() const { return record_header_; }
  std::string_view entries() const { return entries_; }
  std::uint64_t offset() const { return offset_; }  // of the bytes that the next (or the bad) record begins with
  std::uint64_t bytes() const { return bytes_; }
  // The position that belongs to offset().
  journal_position position() const;
  int error() const { return error_; }
  // Why the last step was bad.
  const char* reason() const { return reason_; }
  storage_file& file() { return *file_; }

  // Whether an intact record behind the bad one proves that the bad one had been good once: one that was written in
  // order, or written when everything up to beyond the bad one was on the disk. Reads the rest of the file.
  bool later_record_proves_damage();

private:
  // A view of the file at `offset`, at least `bytes` long unless the file ends before. Empty with error_ set on EIO.
  std::string_view view(std::uint64_t offset, std::size_t bytes);
  bool intact_record_at(std::uint64_t offset);
  step bad(const char* reason) {
    reason_ = reason;
    return step::bad;
  }

  std::unique_ptr<storage_file> file_;
  journal_position base_;
  std::uint64_t bytes_;
  std::uint64_t offset_ = 0;
  segment_header header_;
  record_header record_header_;
  std::string_view entries_;
  std::string buffer_;
  std::uint64_t buffer_offset_ = 0;
  int error_ = 0;
  const char* reason_ = "";
};

}  // namespace spindrift
