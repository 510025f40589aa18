// Sets and reads socket options.
#include "server/net/socket_option.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <limits>

namespace spindrift {
namespace {

void set_option(tcp::socket& socket, int level, int name, int value) {
  (void)::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
}

}  // namespace

void set_options(tcp::socket& socket, const net_settings& settings) {
  set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, static_cast<int>(settings.keepalive_idle_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, static_cast<int>(settings.keepalive_interval_s));
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(settings.keepalive_probes));
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, static_cast<int>(settings.unsent_bytes_max));
  set_unacknowledged_timeout(socket, settings.unacknowledged_timeout);
}

void set_unacknowledged_timeout(tcp::socket& socket, std::chrono::milliseconds timeout) {
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(timeout.count()));
}

void set_send_buffer(tcp::socket& socket, std::size_t bytes) {
  set_option(socket, SOL_SOCKET, SO_SNDBUF, static_cast<int>(bytes));
}

void lift_unsent_limit(tcp::socket& socket) {
  set_option(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, std::numeric_limits<int>::max());
}

std::size_t unacknowledged_bytes(tcp::socket& socket) {
  int bytes = 0;
  if (::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) != 0) return 0;
  return static_cast<std::size_t>(bytes);
}

std::string peer_of(tcp::socket& socket) {
  socket_error failed;
  const auto remote = socket.remote_endpoint(failed);
  return failed ? "unknown" : remote.address().to_string() + ":" + std::to_string(remote.port());
}

}  // namespace spindrift
