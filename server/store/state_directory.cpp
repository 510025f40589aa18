// The state directory is made, locked and watched, and its files are found by their numbers.
#include "server/store/state_directory.hpp"

#include <cerrno>
#include <charconv>
#include <utility>

namespace spindrift {

namespace {

constexpr std::size_t digits = 16;
constexpr int set_aside_max = 10'000;

}  // namespace

std::string numbered_name(std::string_view prefix, journal_position position) {
  std::string name(prefix);
  for (unsigned shift = 64; shift > 0;) {
    shift -= 4;
    name.push_back("0123456789abcdef"[(position >> shift) & 0xfU]);
  }
  return name;
}

std::optional<journal_position> number_of_name(std::string_view prefix, std::string_view name) {
  if (name.size() != prefix.size() + digits || !name.starts_with(prefix)) return std::nullopt;
  const auto text = name.substr(prefix.size());
  journal_position position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position, 16);
  // Upper case and the like would give the same number under another name.
  if (error != std::errc{} || end != text.data() + text.size() || numbered_name(prefix, position) != name) {
    return std::nullopt;
  }
  return position;
}

storage_status list_numbered(file_system& files, const std::string& directory, std::string_view prefix,
                             std::vector<numbered_file>& found) {
  found.clear();
  const auto listing = files.list(directory);
  if (listing.error != 0) return storage_error(listing.error, directory, 0, "cannot be listed");
  // Sorted names of equal length in hexadecimal are sorted numbers.
  for (const auto& name : listing.names) {
    if (const auto position = number_of_name(prefix, name)) found.push_back({*position, directory + "/" + name});
  }
  return {};
}

storage_status set_aside(file_system& files, const std::string& directory, const std::string& path, std::string& into) {
  const auto listing = files.list(directory);
  if (listing.error != 0) return storage_error(listing.error, directory, 0, "cannot be listed");
  for (int number = 1; number < set_aside_max; ++number) {
    into = path + ".damaged-" + std::to_string(number);
    bool is_free = true;
    for (const auto& name : listing.names) is_free = is_free && directory + "/" + name != into;
    if (!is_free) continue;
    if (const int error = files.rename(path, into); error != 0)
      return storage_error(error, path, 0, "cannot be renamed");
    if (const int error = files.sync_directory(directory); error != 0) {
      return storage_error(error, directory, 0, "fsync of the directory");
    }
    return {};
  }
  return storage_error(EEXIST, path, 0, "cannot be set aside");
}

storage_status state_directory::open(const std::string& path) {
  path_ = path;
  if (const int error = files_.make_directory(path, "lock"); error != 0) {
    return storage_error(error, path, 0, "the state directory cannot be made");
  }
  auto taken = files_.lock(path, "lock");
  if (taken.error == EWOULDBLOCK) {
    const std::string holder = taken.holder.empty() ? "another process" : "process " + taken.holder;
    return {storage_fault::locked, path + "/lock", 0, "the state directory is in use by " + holder};
  }
  if (taken.error != 0) return storage_error(taken.error, path + "/lock", 0, "cannot be locked");
  lock_ = std::move(taken.lock);
  return {};
}

storage_status state_directory::check() const {
  const int error = lock_ == nullptr ? 0 : lock_->check();
  if (error == 0) return {};
  if (error == ENOENT) return {storage_fault::failed, path_, 0, "the state directory was deleted"};
  if (error == ESTALE) return {storage_fault::failed, path_, 0, "the state directory was moved, unmounted or replaced"};
  auto status = storage_error(error, path_, 0, "the state directory cannot be used any more");
  status.fault = storage_fault::failed;
  return status;
}

}  // namespace spindrift
