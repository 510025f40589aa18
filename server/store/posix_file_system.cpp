// The file_system of the daemon by system calls: openat() and its like below the locked directory.
#include "server/store/posix_file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <utility>

namespace spindrift {

namespace {

template <class Call>
auto again_on_eintr(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

class descriptor {
public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

private:
  int number_;
};

class posix_file final : public storage_file {
public:
  explicit posix_file(descriptor file) : file_(std::move(file)) {}

  io_result write_at(std::uint64_t offset, std::string_view bytes) override {
    const auto written = again_on_eintr(
        [&] { return ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset)); });
    if (written < 0) return {0, errno};
    return {static_cast<std::size_t>(written), 0};
  }

  io_result read_at(std::uint64_t offset, std::span<char> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const auto got = again_on_eintr([&] {
        return ::pread(file_.number(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
      });
      if (got < 0) return {done, errno};
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return {done, 0};
  }

  // Not repeated on EINTR, like any other failure of it: the kernel may have dropped the pages already.
  int sync() override { return ::fsync(file_.number()) < 0 ? errno : 0; }

  int truncate(std::uint64_t bytes) override {
    return again_on_eintr([&] { return ::ftruncate(file_.number(), static_cast<off_t>(bytes)); }) < 0 ? errno : 0;
  }

  std::uint64_t size() override {
    struct stat facts {};
    return ::fstat(file_.number(), &facts) < 0 ? 0 : static_cast<std::uint64_t>(facts.st_size);
  }

  bool has_name() override {
    struct stat facts {};
    return ::fstat(file_.number(), &facts) < 0 || facts.st_nlink > 0;
  }

private:
  descriptor file_;
};

descriptor open_at(int directory, const std::string& name, int flags) {
  return descriptor(
      again_on_eintr([&] { return ::openat(directory, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, 0600); }));
}

opened_file open_with(int directory, const std::string& name, int flags) {
  descriptor file = open_at(directory, name, flags | O_RDWR);
  if (file.number() < 0) return {nullptr, errno};
  return {std::make_unique<posix_file>(std::move(file)), 0};
}

// What a process writes into the lock's file.
std::string holder_in(const descriptor& file) {
  char text[32];
  const auto got = ::pread(file.number(), text, sizeof text, 0);
  std::string holder(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  holder.erase(std::find_if(holder.begin(), holder.end(), [](char c) { return c < '0' || c > '9'; }), holder.end());
  return holder;
}

// A file system that cannot lock directories (NFS wants them open for writing) has the lock's file alone.
int lock_exclusively(const descriptor& file, bool is_directory) {
  if (::flock(file.number(), LOCK_EX | LOCK_NB) == 0) return 0;
  const bool is_unable = errno == EBADF || errno == EOPNOTSUPP || errno == EINVAL;
  return is_directory && is_unable ? 0 : errno;
}

int check_directory(const std::string& path, const descriptor& directory) {
  struct stat ours {};
  struct stat there {};
  if (::fstat(directory.number(), &ours) < 0) return errno;
  if (ours.st_nlink == 0) return ENOENT;
  // Not to be allowed to look says nothing about what is there.
  if (::stat(path.c_str(), &there) < 0)
    return errno == ENOENT || errno == ENOTDIR ? ESTALE : errno == EACCES ? 0 : errno;
  if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino) return ESTALE;
  struct statvfs volume {};
  if (::fstatvfs(directory.number(), &volume) < 0) return errno;
  return (volume.f_flag & ST_RDONLY) != 0 ? EROFS : 0;
}

bool is_ours_to_close(const std::string& path, const std::string& marker, const struct stat& facts) {
  if (facts.st_uid != ::geteuid() || (facts.st_mode & S_ISVTX) != 0 || (facts.st_mode & 0777) == 0700) return false;
  const auto inside = posix_file_system().list(path);
  return inside.error == 0 &&
         (inside.names.empty() || std::binary_search(inside.names.begin(), inside.names.end(), marker));
}

}  // namespace

struct posix_file_system::held_directory {
  std::string path;
  descriptor directory;
  descriptor file;
};

// Where a path leads: a name below the locked directory, or the path itself.
struct posix_file_system::place {
  std::shared_ptr<const held_directory> held;
  std::string name;
  int directory() const { return held ? held->directory.number() : AT_FDCWD; }
};

class posix_file_system::posix_lock final : public directory_lock {
public:
  explicit posix_lock(std::shared_ptr<const held_directory> held) : held_(std::move(held)) {}
  int check() override { return check_directory(held_->path, held_->directory); }

private:
  std::shared_ptr<const held_directory> held_;
};

posix_file_system::place posix_file_system::place_of(const std::string& path) const {
  const std::lock_guard guard(mutex_);
  auto held = held_.lock();
  if (held && path == held->path) return {std::move(held), "."};
  const bool is_below = held && path.size() > held->path.size() && path[held->path.size()] == '/' &&
                        path.compare(0, held->path.size(), held->path) == 0;
  if (!is_below) return {nullptr, path};
  std::string name = path.substr(held->path.size() + 1);
  return {std::move(held), std::move(name)};
}

opened_file posix_file_system::create(const std::string& path) {
  const place at = place_of(path);
  return open_with(at.directory(), at.name, O_CREAT | O_EXCL);
}

opened_file posix_file_system::open(const std::string& path) {
  const place at = place_of(path);
  return open_with(at.directory(), at.name, 0);
}

int posix_file_system::rename(const std::string& from, const std::string& to) {
  const place old = place_of(from);
  const place made = place_of(to);
  return ::renameat(old.directory(), old.name.c_str(), made.directory(), made.name.c_str()) < 0 ? errno : 0;
}

int posix_file_system::remove(const std::string& path) {
  const place at = place_of(path);
  return ::unlinkat(at.directory(), at.name.c_str(), 0) < 0 ? errno : 0;
}

int posix_file_system::make_directory(const std::string& path, const std::string& marker) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    // A parent that is there, or that we may not make, shows in the last mkdir.
    if (::mkdir(path.substr(0, slash).c_str(), 0700) < 0 && errno != EEXIST && errno != EACCES && errno != EROFS) {
      return errno;
    }
  }
  if (::mkdir(path.c_str(), 0700) == 0) return 0;
  if (errno != EEXIST) return errno;
  struct stat facts {};
  if (::stat(path.c_str(), &facts) < 0) return errno;
  if (!S_ISDIR(facts.st_mode)) return ENOTDIR;
  if (is_ours_to_close(path, marker, facts) && ::chmod(path.c_str(), 0700) < 0) return errno;
  return 0;
}

int posix_file_system::sync_directory(const std::string& path) {
  const place at = place_of(path);
  const descriptor directory(
      again_on_eintr([&] { return ::openat(at.directory(), at.name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (directory.number() < 0) return errno;
  return ::fsync(directory.number()) < 0 ? errno : 0;
}

directory_listing posix_file_system::list(const std::string& path) {
  const place at = place_of(path);
  const int number =
      again_on_eintr([&] { return ::openat(at.directory(), at.name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  DIR* directory = number < 0 ? nullptr : ::fdopendir(number);
  if (directory == nullptr) {
    const int error = errno;
    if (number >= 0) ::close(number);
    return {{}, error};
  }
  directory_listing listing;
  errno = 0;
  while (const dirent* entry = ::readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") listing.names.emplace_back(name);
    errno = 0;
  }
  listing.error = errno;
  ::closedir(directory);
  std::sort(listing.names.begin(), listing.names.end());
  return listing;
}

// The directory first, since nobody can delete it and make another that passes for it; then the file, which is all that
// the versions before looked at.
taken_lock posix_file_system::lock(const std::string& directory, const std::string& name) {
  // A link to the directory itself is the operator's way of putting the state on another disk.
  descriptor held(again_on_eintr([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (held.number() < 0) return {nullptr, errno, {}};
  int error = lock_exclusively(held, true);
  descriptor file = open_at(held.number(), name, O_RDWR | O_CREAT);
  if (error == 0 && file.number() < 0) return {nullptr, errno, {}};
  if (error == 0) error = lock_exclusively(file, false);
  if (error != 0) return {nullptr, error, file.number() < 0 ? std::string() : holder_in(file)};
  // The process id only helps the reader of an error message: a full disk must not keep the server from starting.
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const auto written = ::pwrite(file.number(), holder.data(), holder.size(), 0);
  }
  auto taken = std::make_shared<const held_directory>(held_directory{directory, std::move(held), std::move(file)});
  const std::lock_guard guard(mutex_);
  held_ = taken;
  return {std::make_unique<posix_lock>(std::move(taken)), 0, {}};
}

}  // namespace spindrift
