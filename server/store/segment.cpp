// Reads one segment of the journal, record by record, and gives the evidence where one is bad.
#include "server/store/segment.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace spindrift {

namespace {

constexpr std::size_t read_bytes = 1U << 20U;
// Where in a record header its position stands: what the search for later records looks for.
constexpr std::size_t position_at = 16;

}  // namespace

segment::segment(std::unique_ptr<storage_file> file, journal_position base)
    : file_(std::move(file)), base_(base), bytes_(file_->size()) {}

journal_position segment::position() const {
  return base_ + std::max(offset_, std::uint64_t{segment_header_bytes}) - segment_header_bytes;
}

std::string_view segment::view(std::uint64_t offset, std::size_t bytes) {
  const bool is_there = offset >= buffer_offset_ && offset + bytes <= buffer_offset_ + buffer_.size();
  if (!is_there) {
    const std::uint64_t left = offset < bytes_ ? bytes_ - offset : 0;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, std::max(bytes, read_bytes))));
    buffer_offset_ = offset;
    const io_result got = file_->read_at(offset, std::span<char>(buffer_.data(), buffer_.size()));
    error_ = got.error;
    buffer_.resize(got.error == 0 ? got.bytes : 0);
  }
  return std::string_view(buffer_).substr(static_cast<std::size_t>(offset - buffer_offset_));
}

segment::step segment::read_header() {
  offset_ = 0;
  const auto bytes = view(0, segment_header_bytes);
  if (error_ != 0) return step::io_error;
  if (!decode_segment_header(bytes, header_)) return bad("the segment header is damaged");
  if (header_.base != base_) return bad("the segment header belongs to another segment");
  offset_ = segment_header_bytes;
  return step::record;
}

segment::step segment::next() {
  if (offset_ == bytes_) return step::end;
  const auto head = view(offset_, record_header_bytes);
  if (error_ != 0) return step::io_error;
  if (head.size() < record_header_bytes) return bad("the file ends within a record header");
  if (!decode_record_header(head, record_header_)) return bad("the record's length is impossible");
  const std::size_t bytes = record_header_bytes + record_header_.length;
  const auto record = view(offset_, bytes);
  if (error_ != 0) return step::io_error;
  if (record.size() < bytes) return bad("the file ends within a record");
  if (!record_is_intact(record.substr(0, bytes))) return bad("the record's checksum does not match");
  if (record_header_.position != position()) return bad("the record belongs elsewhere");
  if (record_header_.type != 1) return bad("the record's type is unknown");
  entries_ = record.substr(record_header_bytes, record_header_.length);
  offset_ += bytes;
  return step::record;
}

bool segment::intact_record_at(std::uint64_t offset) {
  const auto head = view(offset, record_header_bytes);
  if (!decode_record_header(head, record_header_)) return false;
  const std::size_t bytes = record_header_bytes + record_header_.length;
  const auto record = view(offset, bytes);
  return record.size() >= bytes && record_is_intact(record.substr(0, bytes));
}

// A record carries its own position, so at a wrong place eight bytes would have to match by chance before the checksum
// is even looked at: the search costs about one comparison a byte.
bool segment::later_record_proves_damage() {
  const journal_position lost = position();
  for (std::uint64_t at = offset_ + 1; at + record_header_bytes <= bytes_ && error_ == 0; ++at) {
    const auto bytes = view(at, record_header_bytes);
    if (bytes.size() < record_header_bytes) break;
    std::uint64_t position = 0;
    std::memcpy(&position, bytes.data() + position_at, sizeof position);
    if (at < segment_header_bytes || position != base_ + at - segment_header_bytes) continue;
    if (intact_record_at(at) && (record_header_.ordered || record_header_.durable > lost)) return true;
  }
  return false;
}

}  // namespace spindrift
