// What the store needs of a file system, as an interface: the POSIX one runs in the daemon, the tests put one in memory
// below that fails, tears writes and loses power on command.
//
// Errors are errno numbers, 0 for none; nothing throws. Files are created 0600, directories 0700. A name that is a
// symbolic link is not followed: ELOOP. Paths below a locked directory mean what is in that very directory, whatever
// stands at its path meanwhile; others are used as given. A storage_file may be written by one thread while another
// syncs it; all else is one thread at a time per object, and a file_system itself may be used from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct io_result {
  std::size_t bytes = 0;
  int error = 0;
};

class storage_file {
public:
  virtual ~storage_file() = default;

  // One pwrite(): may take fewer bytes than given without an error, as write() may.
  virtual io_result write_at(std::uint64_t offset, std::string_view bytes) = 0;
  // Fills `into` unless the file ends before.
  virtual io_result read_at(std::uint64_t offset, std::span<char> into) = 0;
  virtual int sync() = 0;
  virtual int truncate(std::uint64_t bytes) = 0;
  virtual std::uint64_t size() = 0;
  // False once the file was deleted: what is written to it is lost with the process.
  virtual bool has_name() = 0;
};

struct opened_file {
  std::unique_ptr<storage_file> file{};  // null: see error
  int error = 0;
};

// Held until destroyed, and released by the kernel when the process dies.
class directory_lock {
public:
  virtual ~directory_lock() = default;
  // 0 while the locked directory is the one at its path and may be written to. ENOENT: deleted; ESTALE: another one
  // stands there, since it was moved or unmounted; EROFS; or what the kernel says. Any thread; some 3 us.
  virtual int check() = 0;
};

struct taken_lock {
  std::unique_ptr<directory_lock> lock{};  // null: see error; EWOULDBLOCK when another holds it
  int error = 0;
  std::string holder{};  // what the other process wrote into the file: its process id
};

struct directory_listing {
  std::vector<std::string> names{};  // sorted, without "." and ".."
  int error = 0;
};

class file_system {
public:
  virtual ~file_system() = default;

  virtual opened_file create(const std::string& path) = 0;  // EEXIST when it is there
  virtual opened_file open(const std::string& path) = 0;    // for reading and writing; ENOENT when it is not there
  virtual int rename(const std::string& from, const std::string& to) = 0;
  virtual int remove(const std::string& path) = 0;
  // With its parents. An existing directory of our own is closed to others unless it is one that is shared on purpose:
  // sticky, or neither empty nor with a `marker` file in it.
  virtual int make_directory(const std::string& path, const std::string& marker) = 0;
  virtual int sync_directory(const std::string& path) = 0;
  virtual directory_listing list(const std::string& path) = 0;
  // Locks the directory itself, and the file `name` in it, which is made and holds the process id for whoever is
  // refused: deleting that file lets nobody in.
  virtual taken_lock lock(const std::string& directory, const std::string& name) = 0;
};

}  // namespace spindrift
