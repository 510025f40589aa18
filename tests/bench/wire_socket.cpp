#include "tests/bench/wire_socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace spindrift::bench {
namespace {

[[noreturn]] void fail(const char* what, int code) {
  throw std::system_error(code, std::generic_category(), what);
}

bool is_no_failure(int code) {
  return code == EAGAIN || code == EWOULDBLOCK || code == EINTR;
}

}  // namespace

wire_socket::wire_socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  if (descriptor_ < 0) fail("socket", errno);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) fail("connect", errno);
  const int on = 1;
  (void)::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::fcntl(descriptor_, F_SETFL, O_NONBLOCK) != 0) fail("fcntl", errno);
}

wire_socket::~wire_socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::size_t wire_socket::send(std::span<const char> bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (sent >= 0) return static_cast<std::size_t>(sent);
  if (!is_no_failure(errno)) fail("send", errno);
  return 0;
}

std::size_t wire_socket::receive(std::span<char> into) {
  const ssize_t got = ::recv(descriptor_, into.data(), into.size(), 0);
  if (got > 0) return static_cast<std::size_t>(got);
  if (got == 0) fail("the server closed", ECONNRESET);
  if (!is_no_failure(errno)) fail("recv", errno);
  return 0;
}

void wire_socket::await(bool readable, int milliseconds) const {
  pollfd what{descriptor_, static_cast<short>(readable ? POLLIN : POLLOUT), 0};
  if (::poll(&what, 1, milliseconds) < 0 && errno != EINTR) fail("poll", errno);
}

}  // namespace spindrift::bench
