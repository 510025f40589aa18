// Writes a snapshot to a temporary file, section by section, and gives it its name once it is on the disk.
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "server/store/crc32c.hpp"
#include "server/store/snapshot.hpp"
#include "server/store/snapshot_format.hpp"
#include "server/store/state_directory.hpp"

namespace spindrift {

namespace {

constexpr std::size_t write_bytes = 1U << 20U;

}  // namespace

snapshot_writer::snapshot_writer(file_system& files, std::string directory)
    : files_(files), directory_(std::move(directory)), temporary_(directory_ + "/snapshot.tmp") {}

snapshot_writer::~snapshot_writer() {
  if (file_ != nullptr) files_.remove(temporary_);
}

storage_status snapshot_writer::fail(int error, const char* doing) {
  return status_ = storage_error(error, temporary_, offset_, doing);
}

storage_status snapshot_writer::begin(journal_position begin, std::int64_t created_ms) {
  assert(file_ == nullptr);
  files_.remove(temporary_);  // of a process that died
  auto opened = files_.create(temporary_);
  if (opened.error != 0) return fail(opened.error, "cannot be created");
  file_ = std::move(opened.file);
  facts_ = {begin, begin, created_ms, 0};
  offset_ = 0;
  chain_ = 0;
  buffer_.clear();
  buffer_.room(snapshot_header_bytes);
  buffer_.put_text(snapshot_magic);
  buffer_.put_fixed(snapshot_version);
  buffer_.put_fixed(std::uint32_t{0});
  buffer_.put_fixed(begin);
  buffer_.put_fixed(created_ms);
  buffer_.put_fixed(std::uint32_t{0});
  buffer_.put_fixed(crc32c(buffer_.view()));
  return status_ = {};
}

storage_status snapshot_writer::add(const snapshot_section& section) {
  assert(section.type != 0 && section.type != snapshot_end_type);
  if (!status_.ok()) return status_;
  ++facts_.sections;
  return put(section);
}

storage_status snapshot_writer::put(const snapshot_section& section) {
  if (section.name.size() > name_bytes_max || section.bytes.size() > section_bytes_max) {
    return status_ = {storage_fault::failed, temporary_, offset_, "a section is larger than the format allows"};
  }
  const std::size_t at = buffer_.put_gap(section_header_bytes);
  buffer_.room(section.name.size() + section.bytes.size());
  buffer_.put_text(section.name);
  buffer_.put_text(section.bytes);
  const auto length = static_cast<std::uint32_t>(section.bytes.size());
  const auto name_length = static_cast<std::uint16_t>(section.name.size());
  std::memcpy(buffer_.at(at), &length, 4);
  std::memcpy(buffer_.at(at + 8), &section.type, 2);
  std::memcpy(buffer_.at(at + 10), &name_length, 2);
  std::memcpy(buffer_.at(at + 12), &section.version, 4);
  std::memcpy(buffer_.at(at + 16), &section.position, 8);
  const std::uint32_t checksum = section_checksum(buffer_.view().substr(at));
  std::memcpy(buffer_.at(at + 4), &checksum, 4);
  chain_ = crc32c({buffer_.at(at + 4), 4}, chain_);
  return buffer_.size() >= write_bytes ? write_out() : storage_status{};
}

storage_status snapshot_writer::write_out() {
  const auto bytes = buffer_.view();
  for (std::size_t done = 0; done < bytes.size();) {
    const io_result result = file_->write_at(offset_, bytes.substr(done));
    if (result.error != 0 || result.bytes == 0) return fail(result.error != 0 ? result.error : ENOSPC, "write");
    done += result.bytes;
    offset_ += result.bytes;
  }
  buffer_.clear();
  return {};
}

storage_status snapshot_writer::publish(journal_position end) {
  if (!status_.ok()) return status_;
  byte_buffer summary;
  summary.room(end_section_bytes);
  summary.put_fixed(facts_.sections);
  summary.put_fixed(end);
  summary.put_fixed(chain_);
  if (auto status = put({snapshot_end_type, 0, {}, end, summary.view()}); !status.ok()) return status;
  if (!write_out().ok()) return status_;
  if (const int error = file_->sync(); error != 0) return fail(error, "fsync");
  const std::string path = directory_ + "/" + numbered_name(snapshot_prefix, facts_.begin);
  if (const int error = files_.rename(temporary_, path); error != 0) return fail(error, "cannot be renamed");
  file_ = nullptr;
  if (const int error = files_.sync_directory(directory_); error != 0) return fail(error, "fsync of the directory");
  return {};
}

}  // namespace spindrift
