// A receiver of webhooks on plain sockets.
#include "tests/kafka/hook.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <sstream>
#include <stdexcept>
#include <string_view>

namespace spindrift::kafka_test {
namespace {

// The length that the header states; nothing yet: more is to come.
bool is_whole(const std::string& request, std::size_t& body) {
  const std::size_t end = request.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  body = end + 4;
  constexpr std::string_view key = "Content-Length: ";
  const std::size_t at = request.find(key);
  const std::size_t length = at < end ? std::stoul(request.substr(at + key.size())) : 0;
  return request.size() >= body + length;
}

}  // namespace

hook::hook() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  auto* const address = reinterpret_cast<sockaddr*>(&where);
  if (listener_ < 0 || ::bind(listener_, address, size) != 0 || ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, address, &size) != 0) {
    throw std::runtime_error("no socket for a webhook");
  }
  port_ = ntohs(where.sin_port);
  thread_ = std::thread([this] { run(); });
}

hook::~hook() {
  stops_ = true;
  thread_.join();
  ::close(listener_);
}

std::vector<std::string> hook::lines() const {
  const std::lock_guard guard(lock_);
  return lines_;
}

void hook::run() {
  while (!stops_) {
    pollfd ready{listener_, POLLIN, 0};
    if (::poll(&ready, 1, 50) <= 0) continue;
    const int peer = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) continue;
    serve(peer);
    ::close(peer);
  }
}

void hook::serve(int peer) {
  std::string request;
  std::size_t body = 0;
  std::array<char, 16'384> some{};
  while (!is_whole(request, body)) {
    const ssize_t bytes = ::recv(peer, some.data(), some.size(), 0);
    if (bytes <= 0) return;
    request.append(some.data(), static_cast<std::size_t>(bytes));
  }
  {
    const std::lock_guard guard(lock_);
    std::istringstream text(request.substr(body));
    for (std::string line; std::getline(text, line);) lines_.push_back(line);
  }
  constexpr std::string_view answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  static_cast<void>(::send(peer, answer.data(), answer.size(), MSG_NOSIGNAL));
}

}  // namespace spindrift::kafka_test
