// A file system in memory that fails on command, for everything the store promises about crashes.
//
// It keeps apart what the kernel has (what a killed process leaves) and what the disk has (what a power cut leaves):
// bytes reach the disk by sync() of the file, names by sync_directory(). Unsynced writes survive a power cut one by
// one, in any order and in part, as the seed decides; unsynced names survive in order. A failed sync drops what it
// should have written, as Linux does: a later sync of the same file succeeds and saves nothing.
// Any thread; one lock. Counted from 1 since the last reset_counts().
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "server/store/file_system.hpp"

namespace spindrift {

class memory_file_system final : public file_system {
public:
  opened_file create(const std::string& path) override;
  opened_file open(const std::string& path) override;
  int rename(const std::string& from, const std::string& to) override;
  int remove(const std::string& path) override;
  int make_directory(const std::string& path, const std::string& marker) override;
  int sync_directory(const std::string& path) override;
  directory_listing list(const std::string& path) override;
  taken_lock lock(const std::string& directory, const std::string& name) override;

  // Faults. `times`: how many in a row. With bytes_taken the first is a short write without an error.
  void fail_writes(std::uint64_t first, std::uint64_t times, int error, std::size_t bytes_taken = 0);
  void fail_syncs(std::uint64_t first, std::uint64_t times, int error);
  void fail_creates(int error) { create_error_ = error; }
  // What the lock says of the directory from now on: ENOENT for a deleted one, and so on.
  void lose_directory(int error) { directory_error_ = error; }
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  // From the nth changing operation on the process is dead: that one may happen in part, nothing works after it.
  void die_at(std::uint64_t operation, std::uint32_t seed);
  bool is_dead() const { return is_dead_; }
  void reset_counts();
  std::uint64_t writes() const { return writes_; }
  std::uint64_t syncs() const { return syncs_; }
  std::uint64_t operations() const { return operations_; }

  // What the next process finds: after kill -9, or after the power failed.
  void restart_after_kill();
  void restart_after_power_cut(std::uint32_t seed);

  // Direct access for tests that damage files.
  std::string& content(const std::string& path);
  void put(const std::string& path, std::string bytes);
  bool has(const std::string& path) const { return names_.count(path) != 0; }
  std::vector<std::string> paths() const;
  std::uint64_t bytes_used() const;

  struct change {  // of a file, not yet on the disk
    bool truncates = false;
    std::uint64_t offset = 0;  // truncates: the new size
    std::string bytes{};
  };
  struct inode {
    std::string bytes;
    std::string on_disk;
    std::vector<change> unsynced;
  };

private:
  friend class memory_file;
  using names = std::map<std::string, std::shared_ptr<inode>>;

  bool dies_now();
  io_result write(inode& file, std::uint64_t offset, std::string_view bytes);
  static void apply(const change& what, std::string& bytes);
  void change_names(std::function<void(names&)> how);
  void revive();

  mutable std::mutex mutex_;
  names names_;
  names names_on_disk_;
  std::vector<std::function<void(names&)>> unsynced_names_;
  std::shared_ptr<bool> lock_is_held_ = std::make_shared<bool>(false);
  std::uint64_t capacity_ = ~std::uint64_t{0};
  std::uint64_t writes_ = 0, syncs_ = 0, operations_ = 0;
  std::uint64_t write_fails_ = 0, write_fails_times_ = 0, sync_fails_ = 0, sync_fails_times_ = 0;
  int write_error_ = 0, sync_error_ = 0, create_error_ = 0;
  std::atomic<int> directory_error_{0};
  std::size_t write_takes_ = 0;
  std::uint64_t dies_at_ = 0;  // 0: never
  bool is_dead_ = false;
  std::minstd_rand random_;
};

}  // namespace spindrift
