// The state directory: made 0700, locked against a second server, and the names of what is in it.
//
//   lock                              whose process id it holds has the directory; the directory itself is locked too
//   journal-<16 hex digits>           a segment, named after its first position
//   snapshot-<16 hex digits>          a snapshot, named after the position from which the journal must be replayed
//   snapshot.tmp                      one that is being written, or was when the process died
//   history.db, history.db-wal, -shm  events (SQLite)
//   *.damaged-<n>                     set aside by recovery; nothing reads it again
//
// One owner, one thread. The lock is held as long as the object lives; the kernel drops it with the process.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/store/file_system.hpp"
#include "server/store/record.hpp"
#include "server/store/status.hpp"

namespace spindrift {

inline constexpr std::string_view journal_prefix = "journal-";
inline constexpr std::string_view snapshot_prefix = "snapshot-";

// "journal-" and 0x2a -> "journal-000000000000002a"; and back, nothing for any other name.
std::string numbered_name(std::string_view prefix, journal_position position);
std::optional<journal_position> number_of_name(std::string_view prefix, std::string_view name);

struct numbered_file {
  journal_position position = 0;
  std::string path{};
};
// The files with this prefix in order of their numbers.
storage_status list_numbered(file_system& files, const std::string& directory, std::string_view prefix,
                             std::vector<numbered_file>& found);

// Renames a file to the first free <path>.damaged-<n>; `into` gets that name.
storage_status set_aside(file_system& files, const std::string& directory, const std::string& path, std::string& into);

class state_directory {
public:
  explicit state_directory(file_system& files) : files_(files) {}

  // Makes, checks and locks it. `locked` when another server holds it; the reason then names its process id.
  storage_status open(const std::string& path);
  const std::string& path() const { return path_; }
  // `failed` when it was deleted, moved, unmounted or made read-only since: what is written would be lost. Any thread.
  storage_status check() const;

private:
  file_system& files_;
  std::string path_;
  std::unique_ptr<directory_lock> lock_;
};

}  // namespace spindrift
