// How a storage operation ended, and what recovery did on its own. Plain values: the store writes no log and throws
// nothing; who calls it logs notes and statuses. Any thread.
//
// `full` passes by itself once there is space; every other fault ends the run or refuses the start.
#pragma once

#include <cstdint>
#include <string>

namespace spindrift {

enum class storage_fault : std::uint8_t {
  none,
  full,     // no space, quota, file size or descriptors: may pass, a later try can succeed
  failed,   // the kernel reported an error (EIO, a failed fsync, …); final
  damaged,  // bytes that were safe are not what was written, or are gone
  locked,   // another process holds the state directory
  too_new,  // written by a later version of the program
};

struct storage_status {
  storage_fault fault = storage_fault::none;
  std::string file{};        // path as given to the file system
  std::uint64_t offset = 0;  // byte in that file; 0 where no offset applies
  std::string reason{};

  bool ok() const { return fault == storage_fault::none; }
  // One line: "journal-00…: offset 4711: checksum does not match".
  std::string text() const;
};

// A fault of the kernel's: `full` for what passes when something is given back, all else `failed`. `doing` names the
// operation.
storage_status storage_error(int error_number, std::string file, std::uint64_t offset, std::string doing);

// Something recovery did that an operator wants to read in the log.
struct storage_note {
  std::string event{};  // "journal_tail_cut", "journal_set_aside", "snapshot_set_aside", …
  std::string file{};
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // cut or set aside
  std::string reason{};
};

}  // namespace spindrift
