// Speaks to systemd.
#include "server/app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

namespace spindrift {

void tell_service_manager(std::string_view state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un to{};
  if (path == nullptr || *path == '\0' || std::strlen(path) >= sizeof to.sun_path) return;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, path, std::strlen(path));
  if (to.sun_path[0] == '@') to.sun_path[0] = '\0';  // of the abstract namespace
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + std::strlen(path));
  const int out = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (out < 0) return;
  (void)::sendto(out, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), bytes);
  ::close(out);
}

void tell_of_reload() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t us = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
  tell_service_manager("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(us));
}

std::chrono::milliseconds watchdog_interval() {
  const char* const whose = std::getenv("WATCHDOG_PID");
  const char* const us = std::getenv("WATCHDOG_USEC");
  if (us == nullptr || (whose != nullptr && std::atol(whose) != ::getpid())) return {};
  constexpr std::int64_t us_a_half_ms = 2'000;
  return std::chrono::milliseconds(std::atoll(us) / us_a_half_ms);
}

}  // namespace spindrift
