// Reads a snapshot: the whole file is checked before its first section is given out.
#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "server/store/snapshot.hpp"
#include "server/store/snapshot_format.hpp"

namespace spindrift {

namespace {

constexpr std::size_t snapshot_read_bytes = 1U << 20U;

}  // namespace

bool snapshot_reader::damaged(const char* reason) {
  status_ = {storage_fault::damaged, path_, offset_, reason};
  return false;
}

// At least `bytes` from offset_ on, unless the file ends before or cannot be read.
std::string_view snapshot_reader::view(std::size_t bytes) {
  const bool is_there = offset_ >= buffer_offset_ && offset_ + bytes <= buffer_offset_ + buffer_.size();
  if (!is_there) {
    const std::uint64_t left = offset_ < bytes_ ? bytes_ - offset_ : 0;
    buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(left, std::max(bytes, snapshot_read_bytes))));
    buffer_offset_ = offset_;
    const io_result got = file_->read_at(offset_, std::span<char>(buffer_.data(), buffer_.size()));
    if (got.error != 0) status_ = storage_error(got.error, path_, offset_, "read");
    buffer_.resize(got.error == 0 ? got.bytes : 0);
  }
  return std::string_view(buffer_).substr(static_cast<std::size_t>(offset_ - buffer_offset_));
}

storage_status snapshot_reader::read_header() {
  offset_ = 0;
  const auto bytes = view(snapshot_header_bytes);
  if (!status_.ok()) return status_;
  byte_reader in(bytes);
  if (in.text(snapshot_magic.size()) != snapshot_magic) {
    damaged("no snapshot");
    return status_;
  }
  const auto version = in.fixed<std::uint32_t>();
  const auto version_of_all = in.fixed<std::uint32_t>();
  version_of_all_ = version == 1 ? version_of_all : 0;
  facts_.begin = in.fixed<std::uint64_t>();
  facts_.created_ms = in.fixed<std::int64_t>();
  in.fixed<std::uint32_t>();
  const auto checksum = in.fixed<std::uint32_t>();
  if (!in.ok() || checksum != crc32c(bytes.substr(0, snapshot_header_bytes - 4))) {
    damaged("the header is damaged");
  } else if (version > snapshot_version) {
    status_ = {storage_fault::too_new, path_, 0, "written by a later version of this program"};
  }
  offset_ = snapshot_header_bytes;
  return status_;
}

bool snapshot_reader::take(snapshot_section& section) {
  const auto head = view(section_header_bytes);
  if (!status_.ok()) return false;
  byte_reader in(head);
  const std::size_t length = in.fixed<std::uint32_t>();
  checksum_ = in.fixed<std::uint32_t>();
  section.type = in.fixed<std::uint16_t>();
  const std::size_t name_length = in.fixed<std::uint16_t>();
  const auto version_of_one = in.fixed<std::uint32_t>();
  section.version = version_of_all_ != 0 ? version_of_all_ : version_of_one;
  section.position = in.fixed<std::uint64_t>();
  if (!in.ok()) return damaged("the file ends within a section");
  if (length > section_bytes_max || name_length > name_bytes_max) return damaged("a section's length is impossible");
  if (section.type == 0) return damaged("a section has no type");
  const std::size_t bytes = section_header_bytes + name_length + length;
  // Before any memory is taken for it: a length beyond the file is a lie.
  if (bytes > bytes_ - offset_) return damaged("the file ends within a section");
  const auto whole = view(bytes);
  if (!status_.ok()) return false;
  if (whole.size() < bytes) return damaged("the file ends within a section");
  if (section_checksum(whole.substr(0, bytes)) != checksum_) return damaged("a section's checksum does not match");
  section.name = whole.substr(section_header_bytes, name_length);
  section.bytes = whole.substr(section_header_bytes + name_length, length);
  offset_ += bytes;
  return true;
}

storage_status snapshot_reader::check_end(const snapshot_section& end, std::uint64_t sections, std::uint32_t chain) {
  byte_reader in(end.bytes);
  facts_.sections = in.fixed<std::uint64_t>();
  facts_.end = in.fixed<std::uint64_t>();
  const bool is_right = in.fixed<std::uint32_t>() == chain && in.ok() && in.left() == 0;
  if (!is_right || facts_.sections != sections) damaged("sections are missing");
  if (status_.ok() && offset_ != bytes_) damaged("bytes follow the end");
  if (status_.ok() && facts_.end < facts_.begin) damaged("the end lies before the beginning");
  return status_;
}

storage_status snapshot_reader::open(const std::string& path) {
  path_ = path;
  status_ = {};
  facts_ = {};
  auto opened = files_.open(path);
  if (opened.error != 0) return status_ = storage_error(opened.error, path, 0, "cannot be opened");
  file_ = std::move(opened.file);
  bytes_ = file_->size();
  buffer_.clear();
  buffer_offset_ = 0;
  if (!read_header().ok()) return status_;
  std::uint64_t sections = 0;
  std::uint32_t chain = 0;
  snapshot_section section;
  while (take(section) && section.type != snapshot_end_type) {
    ++sections;
    chain = crc32c({reinterpret_cast<const char*>(&checksum_), sizeof checksum_}, chain);
  }
  if (!status_.ok() || !check_end(section, sections, chain).ok()) return status_;
  offset_ = snapshot_header_bytes;
  return status_;
}

bool snapshot_reader::next(snapshot_section& section) {
  if (file_ == nullptr || !status_.ok()) return false;
  if (take(section) && section.type != snapshot_end_type) return true;
  file_ = nullptr;
  buffer_ = {};
  return false;
}

}  // namespace spindrift
