// A snapshot of the engine's state in one file, written beside the running engine and read back whole or not at all.
//
//   snapshot = header, section*, end section
//   section  = length, checksum, type, name length, version, position, name, bytes       (24 bytes before the name)
//
// The header has magic, version, the position from which the journal must be replayed and a checksum; the end section
// counts the sections, chains their checksums and says how far the journal was on the disk when the file got its name.
// What is in a section is the engine's: the store keeps `type` (1 and up), the version of what is in it, name, bytes,
// and the journal position that the section stands for. Files up to snapshot_version are read; a later one is refused,
// not guessed at. Whether a section of some version can be read is for its owner to say. docs/store_format.md has it
// all, byte by byte.
//
// One thread. Errors are statuses. Memory: one section, at most section_bytes_max, and 1 MiB.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/store/bytes.hpp"
#include "server/store/file_system.hpp"
#include "server/store/record.hpp"
#include "server/store/status.hpp"

namespace spindrift {

// 1: one version of state for all sections, in the header. 2: a version a section.
constexpr std::uint32_t snapshot_version = 2;
// A stream's state is about 3 KiB, a producer's ring about 200 KiB.
constexpr std::size_t section_bytes_max = 64U << 20U;

struct snapshot_section {
  std::uint16_t type = 0;     // 1 to 65534, the engine's
  std::uint32_t version = 0;  // of the layout of `bytes`, the engine's; 1 and up
  std::string_view name{};
  journal_position position = 0;  // entries of this name up to here are in it; see store.hpp
  std::string_view bytes{};
};

struct snapshot_facts {
  journal_position begin = 0;   // replay from here
  journal_position end = 0;     // the journal was on the disk up to here
  std::int64_t created_ms = 0;  // wall clock, milliseconds since the Unix epoch
  std::uint64_t sections = 0;
};

class snapshot_writer {
public:
  snapshot_writer(file_system& files, std::string directory);
  ~snapshot_writer();  // removes the temporary file of a snapshot that was not published
  snapshot_writer(const snapshot_writer&) = delete;
  snapshot_writer& operator=(const snapshot_writer&) = delete;

  // After a status that is not ok, every further call returns it.
  storage_status begin(journal_position begin, std::int64_t created_ms);
  storage_status add(const snapshot_section& section);
  // Writes the end, syncs the file, gives it its name, syncs the directory.
  storage_status publish(journal_position end);
  // Of the file, so far.
  std::uint64_t bytes() const { return offset_; }

private:
  storage_status put(const snapshot_section& section);
  storage_status write_out();
  storage_status fail(int error, const char* doing);

  file_system& files_;
  const std::string directory_;
  const std::string temporary_;
  std::unique_ptr<storage_file> file_;
  byte_buffer buffer_;
  snapshot_facts facts_;
  std::uint64_t offset_ = 0;
  std::uint32_t chain_ = 0;
  storage_status status_;
};

class snapshot_reader {
public:
  explicit snapshot_reader(file_system& files) : files_(files) {}

  // Reads and checks the whole file. Afterwards next() gives its sections from the first.
  storage_status open(const std::string& path);
  const snapshot_facts& facts() const { return facts_; }
  // Views are valid until the next call. False at the end, or when the file can no longer be read: status().
  bool next(snapshot_section& section);
  const storage_status& status() const { return status_; }
  // Of the whole file.
  std::uint64_t bytes() const { return bytes_; }

private:
  storage_status read_header();
  bool take(snapshot_section& section);
  std::string_view view(std::size_t bytes);
  storage_status check_end(const snapshot_section& end, std::uint64_t sections, std::uint32_t chain);
  bool damaged(const char* reason);

  file_system& files_;
  std::string path_;
  std::unique_ptr<storage_file> file_;
  std::uint64_t bytes_ = 0;
  std::uint64_t offset_ = 0;
  std::string buffer_;
  std::uint64_t buffer_offset_ = 0;
  std::uint32_t checksum_ = 0;        // of the section taken last
  std::uint32_t version_of_all_ = 0;  // of every section, in files of version 1; else 0
  snapshot_facts facts_;
  storage_status status_;
};

}  // namespace spindrift
