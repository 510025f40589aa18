// What the integration tests of HTTP share: the daemon's port for it, and one request a connection. Plain functions;
// they throw std::runtime_error at their deadline.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <regex>
#include <string>

#include "tests/integration/scene.hpp"

namespace spindrift::http_scene {

using namespace scene;

// The port that the daemon chose for HTTP, out of its log.
inline std::uint16_t http_port(daemon_process& daemon) {
  static const std::regex said(R"(http address=(?:127\.0\.0\.1|0\.0\.0\.0):(\d+))");
  std::smatch found;
  std::string errors;
  EXPECT_TRUE(daemon.process().wait_output([&](const std::string&, const std::string& text) {
    errors = text;
    return std::regex_search(errors, found, said);
  })) << errors;
  return found.empty() ? std::uint16_t{0} : static_cast<std::uint16_t>(std::stoi(found[1]));
}

struct answer {
  std::string head;
  std::string body;
};

inline answer answer_to(std::uint16_t port, const std::string& request) {
  tcp_client client(port);
  client.send(request);
  std::string all;
  for (const std::string& line : client.read_to_end()) all += line + '\n';
  const std::size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos) return {all, {}};
  return {all.substr(0, end), all.substr(end + 4)};
}

inline answer get(std::uint16_t port, const std::string& path, const std::string& fields = {}) {
  return answer_to(port, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + fields + "\r\n");
}

inline answer post(std::uint16_t port, const std::string& path, const std::string& body,
                   const std::string& fields = {}) {
  return answer_to(port, "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: " +
                             std::to_string(body.size()) + "\r\n" + fields + "\r\n" + body);
}

}  // namespace spindrift::http_scene
