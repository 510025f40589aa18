// The file_system of the daemon: plain system calls, each repeated on EINTR, every descriptor close-on-exec. Any
// thread. Remembers the directory that was locked last, for as long as its lock is held.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "server/store/file_system.hpp"

namespace spindrift {

class posix_file_system final : public file_system {
public:
  opened_file create(const std::string& path) override;
  opened_file open(const std::string& path) override;
  int rename(const std::string& from, const std::string& to) override;
  int remove(const std::string& path) override;
  int make_directory(const std::string& path, const std::string& marker) override;
  int sync_directory(const std::string& path) override;
  directory_listing list(const std::string& path) override;
  taken_lock lock(const std::string& directory, const std::string& name) override;

private:
  struct held_directory;
  struct place;
  class posix_lock;

  place place_of(const std::string& path) const;

  mutable std::mutex mutex_;
  std::weak_ptr<const held_directory> held_;  // the lock owns it
};

}  // namespace spindrift
