#include "tests/support/memory_file_system.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

namespace spindrift {

class memory_file final : public storage_file {
public:
  memory_file(memory_file_system& files, std::shared_ptr<memory_file_system::inode> node)
      : files_(files), node_(std::move(node)) {}

  io_result write_at(std::uint64_t offset, std::string_view bytes) override {
    const std::lock_guard guard(files_.mutex_);
    return files_.write(*node_, offset, bytes);
  }

  io_result read_at(std::uint64_t offset, std::span<char> into) override {
    const std::lock_guard guard(files_.mutex_);
    if (offset >= node_->bytes.size()) return {};
    const std::size_t bytes = std::min<std::size_t>(into.size(), node_->bytes.size() - offset);
    if (bytes != 0) std::memcpy(into.data(), node_->bytes.data() + offset, bytes);
    return {bytes, 0};
  }

  int sync() override {
    const std::lock_guard guard(files_.mutex_);
    if (files_.dies_now()) return EIO;
    ++files_.syncs_;
    const bool fails =
        files_.syncs_ >= files_.sync_fails_ && files_.syncs_ < files_.sync_fails_ + files_.sync_fails_times_;
    if (!fails) node_->on_disk = node_->bytes;
    node_->unsynced.clear();
    return fails ? files_.sync_error_ : 0;
  }

  int truncate(std::uint64_t bytes) override {
    const std::lock_guard guard(files_.mutex_);
    if (files_.dies_now()) return EIO;
    node_->unsynced.push_back({true, bytes, {}});
    files_.apply(node_->unsynced.back(), node_->bytes);
    return 0;
  }

  std::uint64_t size() override {
    const std::lock_guard guard(files_.mutex_);
    return node_->bytes.size();
  }

  bool has_name() override {
    const std::lock_guard guard(files_.mutex_);
    return std::any_of(files_.names_.begin(), files_.names_.end(),
                       [this](const auto& named) { return named.second == node_; });
  }

private:
  memory_file_system& files_;
  std::shared_ptr<memory_file_system::inode> node_;
};

namespace {

class memory_lock final : public directory_lock {
public:
  memory_lock(std::shared_ptr<bool> is_held, const std::atomic<int>& directory_error)
      : is_held_(std::move(is_held)), directory_error_(directory_error) {
    *is_held_ = true;
  }
  ~memory_lock() override { *is_held_ = false; }
  int check() override { return directory_error_; }

private:
  std::shared_ptr<bool> is_held_;
  const std::atomic<int>& directory_error_;
};

}  // namespace

bool memory_file_system::dies_now() {
  ++operations_;
  is_dead_ = is_dead_ || operations_ == dies_at_;
  return is_dead_;
}

void memory_file_system::apply(const change& what, std::string& bytes) {
  if (what.truncates) return bytes.resize(what.offset);
  if (bytes.size() < what.offset + what.bytes.size()) bytes.resize(what.offset + what.bytes.size());
  std::copy(what.bytes.begin(), what.bytes.end(), bytes.begin() + static_cast<std::ptrdiff_t>(what.offset));
}

io_result memory_file_system::write(inode& file, std::uint64_t offset, std::string_view bytes) {
  const bool was_dead = is_dead_;
  std::size_t taken = bytes.size();
  int error = 0;
  if (dies_now()) {
    taken = was_dead ? 0 : random_() % (bytes.size() + 1);
    error = EIO;
  } else if (++writes_; writes_ >= write_fails_ && writes_ < write_fails_ + write_fails_times_) {
    taken = writes_ == write_fails_ ? std::min(taken, write_takes_) : 0;
    error = taken == 0 ? write_error_ : 0;  // write() reports a short count first, the error the next time
  } else if (const std::uint64_t end = offset + bytes.size(); end > file.bytes.size()) {
    std::uint64_t used = 0;
    for (const auto& [path, node] : names_) used += node->bytes.size();
    const std::uint64_t more = end - file.bytes.size();
    const std::uint64_t room = capacity_ > used ? capacity_ - used : 0;
    if (more > room)
      taken = bytes.size() - static_cast<std::size_t>(std::min<std::uint64_t>(more - room, bytes.size()));
    if (taken == 0) error = ENOSPC;
  }
  if (taken != 0) {
    file.unsynced.push_back({false, offset, std::string(bytes.substr(0, taken))});
    apply(file.unsynced.back(), file.bytes);
  }
  return {error == 0 ? taken : 0, error};
}

void memory_file_system::change_names(std::function<void(names&)> how) {
  how(names_);
  unsynced_names_.push_back(std::move(how));
}

opened_file memory_file_system::create(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (dies_now()) return {nullptr, EIO};
  if (create_error_ != 0) return {nullptr, create_error_};
  if (names_.count(path) != 0) return {nullptr, EEXIST};
  auto node = std::make_shared<inode>();
  change_names([path, node](names& all) { all[path] = node; });
  return {std::make_unique<memory_file>(*this, std::move(node)), 0};
}

opened_file memory_file_system::open(const std::string& path) {
  const std::lock_guard guard(mutex_);
  const auto found = names_.find(path);
  if (found == names_.end()) return {nullptr, ENOENT};
  return {std::make_unique<memory_file>(*this, found->second), 0};
}

int memory_file_system::rename(const std::string& from, const std::string& to) {
  const std::lock_guard guard(mutex_);
  if (dies_now()) return EIO;
  if (names_.count(from) == 0) return ENOENT;
  change_names([from, to](names& all) {
    const auto found = all.find(from);
    if (found == all.end()) return;
    auto node = found->second;
    all.erase(found);
    all[to] = std::move(node);
  });
  return 0;
}

int memory_file_system::remove(const std::string& path) {
  const std::lock_guard guard(mutex_);
  if (dies_now()) return EIO;
  if (names_.count(path) == 0) return ENOENT;
  change_names([path](names& all) { all.erase(path); });
  return 0;
}

int memory_file_system::make_directory(const std::string&, const std::string&) {
  return 0;
}

int memory_file_system::sync_directory(const std::string&) {
  const std::lock_guard guard(mutex_);
  if (dies_now()) return EIO;
  ++syncs_;
  const bool fails = syncs_ >= sync_fails_ && syncs_ < sync_fails_ + sync_fails_times_;
  if (!fails) names_on_disk_ = names_;
  unsynced_names_.clear();
  return fails ? sync_error_ : 0;
}

directory_listing memory_file_system::list(const std::string& path) {
  const std::lock_guard guard(mutex_);
  directory_listing listing;
  for (const auto& [name, node] : names_) {
    if (name.starts_with(path + "/")) listing.names.push_back(name.substr(path.size() + 1));
  }
  return listing;
}

taken_lock memory_file_system::lock(const std::string&, const std::string&) {
  const std::lock_guard guard(mutex_);
  if (*lock_is_held_) return {nullptr, EWOULDBLOCK, "4711"};
  return {std::make_unique<memory_lock>(lock_is_held_, directory_error_), 0, {}};
}

void memory_file_system::fail_writes(std::uint64_t first, std::uint64_t times, int error, std::size_t bytes_taken) {
  write_fails_ = first;
  write_fails_times_ = times;
  write_error_ = error;
  write_takes_ = bytes_taken;
}

void memory_file_system::fail_syncs(std::uint64_t first, std::uint64_t times, int error) {
  sync_fails_ = first;
  sync_fails_times_ = times;
  sync_error_ = error;
}

void memory_file_system::die_at(std::uint64_t operation, std::uint32_t seed) {
  dies_at_ = operation;
  random_.seed(seed);
}

void memory_file_system::reset_counts() {
  writes_ = syncs_ = operations_ = 0;
}

void memory_file_system::revive() {
  is_dead_ = false;
  dies_at_ = 0;
  lock_is_held_ = std::make_shared<bool>(false);
  write_fails_times_ = sync_fails_times_ = 0;
  create_error_ = directory_error_ = 0;
  reset_counts();
}

void memory_file_system::restart_after_kill() {
  const std::lock_guard guard(mutex_);
  revive();
}

void memory_file_system::restart_after_power_cut(std::uint32_t seed) {
  const std::lock_guard guard(mutex_);
  std::minstd_rand random(seed);
  const std::size_t names_kept = random() % (unsynced_names_.size() + 1);
  for (std::size_t at = 0; at < names_kept; ++at) unsynced_names_[at](names_on_disk_);
  unsynced_names_.clear();
  names_ = names_on_disk_;
  for (auto& [path, node] : names_) {
    // Of each unsynced change: all, nothing, or the first part.
    for (auto& what : node->unsynced) {
      const auto fate = random() % 3;
      if (fate == 1) continue;
      if (fate == 2 && !what.truncates) what.bytes.resize(random() % (what.bytes.size() + 1));
      apply(what, node->on_disk);
    }
    node->unsynced.clear();
    node->bytes = node->on_disk;
  }
  revive();
}

std::string& memory_file_system::content(const std::string& path) {
  const auto found = names_.find(path);
  assert(found != names_.end());
  return found->second->bytes;
}

void memory_file_system::put(const std::string& path, std::string bytes) {
  auto node = std::make_shared<inode>();
  node->bytes = node->on_disk = std::move(bytes);
  names_[path] = names_on_disk_[path] = node;
}

std::vector<std::string> memory_file_system::paths() const {
  std::vector<std::string> all;
  for (const auto& [path, node] : names_) all.push_back(path);
  return all;
}

std::uint64_t memory_file_system::bytes_used() const {
  const std::lock_guard guard(mutex_);
  std::uint64_t used = 0;
  for (const auto& [path, node] : names_) used += node->bytes.size();
  return used;
}

}  // namespace spindrift
