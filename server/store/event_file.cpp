// Makes the file of the event table, finds where it really is, and renames it when it is broken.
#include "server/store/event_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace spindrift {
namespace {

constexpr int set_aside_max = 10'000;

}  // namespace

int make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  ::close(file);
  return 0;
}

std::string without_links(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return path;
  const std::unique_ptr<char, decltype(&std::free)> found(::realpath(path.substr(0, slash + 1).c_str(), nullptr),
                                                          &std::free);
  return found == nullptr ? path : std::string(found.get()) + path.substr(slash);
}

std::string set_file_aside(const std::string& path) {
  for (int number = 1; number < set_aside_max; ++number) {
    std::string into = path + ".damaged-" + std::to_string(number);
    if (::access(into.c_str(), F_OK) == 0) continue;
    if (std::rename(path.c_str(), into.c_str()) != 0) break;
    // Left behind, the log of the old database would be played into the new one.
    for (const char* suffix : {"-wal", "-shm"}) std::rename((path + suffix).c_str(), (into + suffix).c_str());
    return into;
  }
  return {};
}

}  // namespace spindrift
