#include "tests/support/tcp_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace spindrift::support {
namespace {

using steady = std::chrono::steady_clock;

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("tcp_client: " + what);
}

int milliseconds_until(steady::time_point until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady::now()).count();
  return static_cast<int>(std::clamp<decltype(left)>(left, 0, 3'600'000));
}

}  // namespace

tcp_client::tcp_client(std::uint16_t port, int receive_buffer_bytes) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) fail(std::string("socket: ") + std::strerror(errno));
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof receive_buffer_bytes);
  }
  const int on = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic;
  static_assert(sizeof generic == sizeof address);
  std::memcpy(&generic, &address, sizeof generic);
  if (::connect(socket_, &generic, sizeof generic) != 0) {
    const std::string reason = std::strerror(errno);
    ::close(socket_);
    fail("connect: " + reason);
  }
}

tcp_client::tcp_client(tcp_client&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      received_(std::move(other.received_)),
      begin_(std::exchange(other.begin_, 0)),
      has_ended_(other.has_ended_),
      was_reset_(other.was_reset_) {}

tcp_client& tcp_client::operator=(tcp_client&& other) noexcept {
  std::swap(socket_, other.socket_);
  std::swap(received_, other.received_);
  std::swap(begin_, other.begin_);
  std::swap(has_ended_, other.has_ended_);
  std::swap(was_reset_, other.was_reset_);
  return *this;
}

tcp_client::~tcp_client() {
  close();
}

void tcp_client::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

bool tcp_client::wait_for(short events, steady::time_point until) const {
  for (;;) {
    pollfd watched{socket_, events, 0};
    const int ready = ::poll(&watched, 1, milliseconds_until(until));
    if (ready > 0) return true;
    if (ready == 0 && steady::now() >= until) return false;
  }
}

bool tcp_client::send(std::string_view bytes, std::chrono::milliseconds deadline) {
  const auto until = steady::now() + deadline;
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT, until)) fail("send: nobody takes it");
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t tcp_client::send_some(std::string_view bytes, std::chrono::milliseconds patience_for_room) {
  std::size_t total = 0;
  while (total < bytes.size() && wait_for(POLLOUT, steady::now() + patience_for_room)) {
    const ssize_t sent = ::send(socket_, bytes.data() + total, bytes.size() - total, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) break;
    total += static_cast<std::size_t>(sent);
  }
  return total;
}

bool tcp_client::receive() {
  if (begin_ > received_.size() / 2) {
    received_.erase(0, begin_);
    begin_ = 0;
  }
  char buffer[65'536];
  const ssize_t bytes = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
  if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return true;
  was_reset_ = was_reset_ || bytes < 0;
  has_ended_ = bytes <= 0;
  if (bytes > 0) received_.append(buffer, static_cast<std::size_t>(bytes));
  return !has_ended_;
}

std::optional<std::string> tcp_client::take_line() {
  const std::size_t end = received_.find('\n', begin_);
  if (end == std::string::npos) return std::nullopt;
  std::string line = received_.substr(begin_, end - begin_);
  begin_ = end + 1;
  return line;
}

std::optional<std::string> tcp_client::read_line(std::chrono::milliseconds deadline) {
  const auto until = steady::now() + deadline;
  for (;;) {
    if (auto line = take_line()) return line;
    if (has_ended_) return std::nullopt;
    if (!wait_for(POLLIN, until)) fail("read: no line came in time");
    receive();
  }
}

std::vector<std::string> tcp_client::read_lines(std::size_t count, std::chrono::milliseconds deadline) {
  return exchange({}, count, deadline);
}

std::vector<std::string> tcp_client::read_to_end(std::chrono::milliseconds deadline) {
  const auto until = steady::now() + deadline;
  std::vector<std::string> lines;
  for (;;) {
    while (auto line = take_line()) lines.push_back(std::move(*line));
    if (has_ended_) break;
    if (!wait_for(POLLIN, until)) fail("read: the peer did not end in time");
    receive();
  }
  if (begin_ < received_.size()) lines.push_back(received_.substr(begin_));
  begin_ = received_.size();
  return lines;
}

std::vector<std::string> tcp_client::exchange(std::string_view bytes, std::size_t lines,
                                              std::chrono::milliseconds deadline) {
  const auto until = steady::now() + deadline;
  std::vector<std::string> read;
  while (read.size() < lines) {
    if (auto line = take_line()) {
      read.push_back(std::move(*line));
      continue;
    }
    if (has_ended_) break;
    const auto events = static_cast<short>(bytes.empty() ? POLLIN : POLLIN | POLLOUT);
    if (!wait_for(events, until)) {
      fail("exchange: " + std::to_string(read.size()) + " of " + std::to_string(lines) + " lines came in time");
    }
    receive();
    if (bytes.empty()) continue;
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
    if (sent < 0 && errno != EAGAIN && errno != EINTR) bytes = {};
  }
  if (!bytes.empty() && !has_ended_) send(bytes, deadline);
  return read;
}

void tcp_client::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

void tcp_client::reset() {
  const linger at_once{1, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

bool tcp_client::is_readable() const {
  return begin_ < received_.size() || wait_for(POLLIN, steady::now());
}

}  // namespace spindrift::support
