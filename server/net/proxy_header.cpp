// Reads both versions of the PROXY protocol's header.
#include "server/net/proxy_header.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "common/net/endpoint.hpp"

namespace spindrift {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view signature_1 = "PROXY ";
constexpr std::string_view signature_2 = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t shortest = 15;  // "PROXY UNKNOWN\r\n"
constexpr std::size_t line_bytes_max = 107;
constexpr std::size_t fixed_bytes_2 = 16;

unsigned byte_at(std::string_view bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}
unsigned two_bytes_at(std::string_view bytes, std::size_t i) {
  return byte_at(bytes, i) << 8U | byte_at(bytes, i + 1);
}

proxy_header partial(std::size_t wanted) {
  return {proxy_header::kind::partial, wanted, {}};
}

proxy_header of_client(std::string host, unsigned port) {
  return {proxy_header::kind::client, 0, to_text(endpoint{std::move(host), static_cast<std::uint16_t>(port)})};
}

// PROXY TCP4 192.0.2.1 192.0.2.2 4711 7171
proxy_header read_line(std::string_view line) {
  std::array<std::string_view, 6> words;
  std::size_t count = 0;
  for (std::string_view rest = line; count < words.size(); ++count) {
    const std::size_t blank = rest.find(' ');
    words[count] = rest.substr(0, blank);
    if (blank == std::string_view::npos) {
      ++count;
      break;
    }
    rest.remove_prefix(blank + 1);
  }
  if (count >= 2 && words[1] == "UNKNOWN") return {proxy_header::kind::local, 0, {}};
  if (count != words.size() || (words[1] != "TCP4" && words[1] != "TCP6")) return {};
  const bool is_6 = words[1] == "TCP6";
  const std::string host(words[2]);
  std::array<unsigned char, 16> address{};
  if (inet_pton(is_6 ? AF_INET6 : AF_INET, host.c_str(), address.data()) != 1) return {};
  std::string text = is_6 ? "[" : "";
  text.append(host).append(is_6 ? "]:" : ":").append(words[4]);
  const auto client = parse_endpoint(text);
  return client ? of_client(client->host, client->port) : proxy_header{};
}

proxy_header read_version_1(std::string_view bytes) {
  const std::size_t end = bytes.find("\r\n");
  if (end != std::string_view::npos) return end + 2 == bytes.size() ? read_line(bytes.substr(0, end)) : proxy_header{};
  if (bytes.size() >= line_bytes_max) return {};
  return partial(bytes.back() == '\r' || bytes.size() + 2 > line_bytes_max ? 1 : 2);
}

proxy_header read_version_2(std::string_view bytes) {
  if (bytes.size() < fixed_bytes_2) return partial(fixed_bytes_2 - bytes.size());
  const std::size_t size = fixed_bytes_2 + two_bytes_at(bytes, 14);
  const unsigned command = byte_at(bytes, 12);
  if (size > proxy_header::header_bytes_max || (command != 0x20 && command != 0x21)) return {};
  if (bytes.size() < size) return partial(size - bytes.size());
  if (command == 0x20) return {proxy_header::kind::local, 0, {}};
  const unsigned family = byte_at(bytes, 13);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (family == 0x11 && size >= fixed_bytes_2 + 12) {
    inet_ntop(AF_INET, bytes.data() + fixed_bytes_2, text.data(), text.size());
    return of_client(text.data(), two_bytes_at(bytes, fixed_bytes_2 + 8));
  }
  if (family == 0x21 && size >= fixed_bytes_2 + 36) {
    inet_ntop(AF_INET6, bytes.data() + fixed_bytes_2, text.data(), text.size());
    return of_client(text.data(), two_bytes_at(bytes, fixed_bytes_2 + 32));
  }
  return {proxy_header::kind::local, 0, {}};
}

}  // namespace

proxy_header read_proxy_header(std::string_view bytes) {
  const auto begins = [&](std::string_view signature) {
    const std::size_t shared = std::min(bytes.size(), signature.size());
    return bytes.substr(0, shared) == signature.substr(0, shared);
  };
  if (!begins(signature_1) && !begins(signature_2)) return {};
  if (bytes.size() < shortest) return partial(shortest - bytes.size());
  return begins(signature_1) ? read_version_1(bytes) : read_version_2(bytes);
}

}  // namespace spindrift
