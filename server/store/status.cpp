// What went wrong on the disk, as a value.
#include "server/store/status.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace spindrift {

namespace {

// EFBIG comes from RLIMIT_FSIZE: to the operator that is a disk that is too small as well.
bool is_full(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
      return true;
    default:
      return false;
  }
}

// "Too many levels of symbolic links" is what O_NOFOLLOW says of one.
std::string message_of(int error_number) {
  if (error_number == ELOOP) return "it is a symbolic link, and none is followed in the state directory";
  return std::generic_category().message(error_number);
}

}  // namespace

std::string storage_status::text() const {
  std::string line = file;
  if (offset != 0) line += (line.empty() ? "offset " : ": offset ") + std::to_string(offset);
  if (!line.empty() && !reason.empty()) line += ": ";
  return line + reason;
}

storage_status storage_error(int error_number, std::string file, std::uint64_t offset, std::string doing) {
  return {is_full(error_number) ? storage_fault::full : storage_fault::failed, std::move(file), offset,
          std::move(doing) + ": " + message_of(error_number)};
}

}  // namespace spindrift
