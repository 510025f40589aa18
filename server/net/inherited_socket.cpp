// Finds the sockets that systemd passes.
#include "server/net/inherited_socket.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace spindrift {
namespace {

constexpr int first_descriptor = 3;

std::vector<int> find_inherited() {
  std::vector<int> found;
  const char* const whose = std::getenv("LISTEN_PID");
  const char* const count = std::getenv("LISTEN_FDS");
  if (whose == nullptr || count == nullptr || std::atol(whose) != ::getpid()) return found;
  const int last = first_descriptor + std::clamp(std::atoi(count), 0, inherited_max);
  for (int one = first_descriptor; one < last; ++one) {
    ::fcntl(one, F_SETFD, FD_CLOEXEC);
    found.push_back(one);
  }
  // Children are not to take them for theirs.
  for (const char* const name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  return found;
}

std::vector<int>& inherited() {
  static std::vector<int> left = find_inherited();
  return left;
}

bool is_listening(int one) {
  int answer = 0;
  socklen_t bytes = sizeof answer;
  return ::getsockopt(one, SOL_SOCKET, SO_ACCEPTCONN, &answer, &bytes) == 0 && answer == 1;
}

sockaddr_storage address_of(int one) {
  sockaddr_storage bound{};
  socklen_t bytes = sizeof bound;
  if (::getsockname(one, reinterpret_cast<sockaddr*>(&bound), &bytes) != 0) bound.ss_family = AF_UNSPEC;
  return bound;
}

// But for what says nothing of where it listens: flow and scope of IPv6.
bool is_same(const sockaddr_storage& one, const sockaddr_storage& other) {
  if (one.ss_family != other.ss_family) return false;
  if (one.ss_family == AF_INET) {
    const auto& a = reinterpret_cast<const sockaddr_in&>(one);
    const auto& b = reinterpret_cast<const sockaddr_in&>(other);
    return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
  }
  if (one.ss_family == AF_INET6) {
    const auto& a = reinterpret_cast<const sockaddr_in6&>(one);
    const auto& b = reinterpret_cast<const sockaddr_in6&>(other);
    return a.sin6_port == b.sin6_port && std::memcmp(&a.sin6_addr, &b.sin6_addr, sizeof a.sin6_addr) == 0;
  }
  if (one.ss_family != AF_UNIX) return false;
  const auto& a = reinterpret_cast<const sockaddr_un&>(one);
  const auto& b = reinterpret_cast<const sockaddr_un&>(other);
  return std::strncmp(a.sun_path, b.sun_path, sizeof a.sun_path) == 0;
}

std::string text_of(const sockaddr_storage& bound) {
  if (bound.ss_family == AF_INET) {
    return "TCP port " + std::to_string(ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port));
  }
  if (bound.ss_family == AF_INET6) {
    return "TCP port " + std::to_string(ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port)) + " of IPv6";
  }
  if (bound.ss_family == AF_UNIX) {
    const auto& at = reinterpret_cast<const sockaddr_un&>(bound);
    return "unix:" + std::string(at.sun_path, ::strnlen(at.sun_path, sizeof at.sun_path));
  }
  return "a descriptor that is no socket of ours";
}

}  // namespace

int take_inherited(const sockaddr* address, std::size_t bytes) {
  sockaddr_storage wanted{};
  std::memcpy(&wanted, address, std::min(bytes, sizeof wanted));
  std::vector<int>& left = inherited();
  const auto found = std::find_if(left.begin(), left.end(),
                                  [&](int one) { return is_same(address_of(one), wanted) && is_listening(one); });
  if (found == left.end()) return -1;
  const int taken = *found;
  left.erase(found);
  return taken;
}

std::vector<std::string> drop_inherited() {
  std::vector<std::string> dropped;
  for (const int one : inherited()) {
    dropped.push_back(text_of(address_of(one)));
    ::close(one);
  }
  inherited().clear();
  return dropped;
}

}  // namespace spindrift
