// Sets and reads socket options.
#include "server/net/socket_option.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

#include "common/net/endpoint.hpp"

namespace spindrift {
namespace {

void set_option(stream_socket& socket, int level, int name, int value) {
  (void)::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

}  // namespace

void set_options(stream_socket& socket, const net_settings& settings) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(settings.keepalive_idle_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(settings.keepalive_interval_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(settings.keepalive_probes));
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(settings.unsent_bytes_max));
  set_unacknowledged_timeout(socket, settings.unacknowledged_timeout);
}

void set_unacknowledged_timeout(stream_socket& socket, std::chrono::milliseconds timeout) {
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
}

void set_send_buffer(stream_socket& socket, std::size_t bytes) {
  set_option(socket, SOL_SOCKET, SO_SNDBUF, static_cast<int>(bytes));
}

void lift_unsent_limit(stream_socket& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, std::numeric_limits<int>::max());
}

std::size_t unacknowledged_bytes(stream_socket& socket) {
  int bytes = 0;
  if (::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

std::string peer_of(stream_socket& socket) {
  socket_error failed;
  const auto remote = socket.remote_endpoint(failed);
  return failed ? "unknown" : text_of(remote);
}

std::string text_of(const asio::generic::stream_protocol::endpoint& address) {
  if (address.protocol().family() == AF_UNIX) {
    // What lies beyond the path's end is none of it; whoever connects has no path.
    const std::size_t bytes = address.size() - offsetof(sockaddr_un, sun_path);
    const auto* const named = reinterpret_cast<const sockaddr_un*>(address.data());
    return "unix:" + std::string(named->sun_path, ::strnlen(named->sun_path, std::min(bytes, sizeof named->sun_path)));
  }
  tcp::endpoint known;
  if (address.size() > known.capacity()) return "unknown";
  std::memcpy(known.data(), address.data(), address.size());
  known.resize(address.size());
  return to_text(endpoint{known.address().to_string(), known.port()});
}

}  // namespace spindrift
