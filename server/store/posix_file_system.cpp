#include "server/store/posix_file_system.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
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

private:
  descriptor file_;
};

class posix_lock final : public file_lock {
public:
  explicit posix_lock(descriptor file) : file_(std::move(file)) {}

private:
  descriptor file_;
};

opened_file open_with(const std::string& path, int flags) {
  const int number = again_on_eintr([&] { return ::open(path.c_str(), flags | O_RDWR | O_CLOEXEC, 0600); });
  if (number < 0) return {nullptr, errno};
  return {std::make_unique<posix_file>(descriptor(number)), 0};
}

bool is_ours_to_close(const std::string& path, const std::string& marker, const struct stat& facts) {
  if (facts.st_uid != ::geteuid() || (facts.st_mode & S_ISVTX) != 0 || (facts.st_mode & 0777) == 0700) return false;
  const auto inside = posix_file_system().list(path);
  return inside.error == 0 &&
         (inside.names.empty() || std::binary_search(inside.names.begin(), inside.names.end(), marker));
}

}  // namespace

opened_file posix_file_system::create(const std::string& path) {
  return open_with(path, O_CREAT | O_EXCL);
}

opened_file posix_file_system::open(const std::string& path) {
  return open_with(path, 0);
}

int posix_file_system::rename(const std::string& from, const std::string& to) {
  return ::rename(from.c_str(), to.c_str()) < 0 ? errno : 0;
}

int posix_file_system::remove(const std::string& path) {
  return ::unlink(path.c_str()) < 0 ? errno : 0;
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
  const descriptor directory(again_on_eintr([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (directory.number() < 0) return errno;
  return ::fsync(directory.number()) < 0 ? errno : 0;
}

directory_listing posix_file_system::list(const std::string& path) {
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) return {{}, errno};
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

taken_lock posix_file_system::lock(const std::string& path) {
  descriptor file(again_on_eintr([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }));
  if (file.number() < 0) return {nullptr, errno, {}};
  if (::flock(file.number(), LOCK_EX | LOCK_NB) < 0) {
    const int error = errno;
    char text[32];
    const auto got = ::pread(file.number(), text, sizeof text, 0);
    std::string holder(text, got > 0 ? static_cast<std::size_t>(got) : 0);
    holder.erase(std::find_if(holder.begin(), holder.end(), [](char c) { return c < '0' || c > '9'; }), holder.end());
    return {nullptr, error, holder};
  }
  // The process id only helps the reader of an error message: a full disk must not keep the server from starting.
  const std::string holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const auto written = ::pwrite(file.number(), holder.data(), holder.size(), 0);
  }
  return {std::make_unique<posix_lock>(std::move(file)), 0, {}};
}

}  // namespace spindrift
