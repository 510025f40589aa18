// Parses and writes endpoints.
#include "common/net/endpoint.hpp"

#include "common/text/digit.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace spindrift {
namespace {

constexpr std::size_t host_bytes_max = 253;  // RFC 1035: the longest name that DNS can hold

using ipv4_bytes = std::array<unsigned char, 4>;
using ipv6_bytes = std::array<unsigned char, 16>;

std::optional<ipv4_bytes> ipv4_of(const std::string& text) {
  ipv4_bytes bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

// A scope ("fe80::1%eth0") belongs to the text, not to the 16 bytes.
std::optional<ipv6_bytes> ipv6_of(const std::string& text) {
  const auto scope = text.find('%');
  if (scope != std::string::npos && scope + 1 == text.size()) return std::nullopt;
  ipv6_bytes bytes{};
  if (inet_pton(AF_INET6, text.substr(0, scope).c_str(), bytes.data()) != 1) return std::nullopt;
  return bytes;
}

bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

bool is_scope_character(char c) {
  return is_name_character(c) || c == ':' || c == '%';
}

// A host whose last label is a number can only be an IPv4 address; "10.0.0.256" must not end up as a DNS query.
bool is_name_or_ipv4(const std::string& host) {
  if (!std::all_of(host.begin(), host.end(), is_name_character)) return false;
  if (host.front() == '.' || host.front() == '-') return false;
  const std::string last_label = host.substr(host.rfind('.') + 1);
  const bool must_be_address = !last_label.empty() && std::all_of(last_label.begin(), last_label.end(), is_digit);
  return !must_be_address || ipv4_of(host).has_value();
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_localhost(std::string_view host) {
  constexpr std::string_view name = "localhost";
  return std::equal(host.begin(), host.end(), name.begin(), name.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

}  // namespace

std::optional<endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon > host_bytes_max + 2) return std::nullopt;
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host(text.substr(0, colon));
  if (host.front() == '[') {
    if (host.back() != ']') return std::nullopt;
    host = host.substr(1, host.size() - 2);
    if (!std::all_of(host.begin(), host.end(), is_scope_character) || !ipv6_of(host)) return std::nullopt;
  } else if (!is_name_or_ipv4(host)) {
    return std::nullopt;
  }
  return endpoint{std::move(host), *port};
}

std::optional<endpoint> endpoint_meant(std::string_view text) {
  if (auto whole = parse_endpoint(text)) return whole;
  const bool is_any = text.starts_with("*:");
  const auto port = parse_port(text.substr(is_any ? 2 : text.starts_with(':') ? 1 : 0));
  if (!port) return std::nullopt;
  return endpoint{is_any ? "0.0.0.0" : "127.0.0.1", *port};
}

std::string to_text(const endpoint& where) {
  const bool has_colon = where.host.find(':') != std::string::npos;
  return (has_colon ? "[" + where.host + "]" : where.host) + ":" + std::to_string(where.port);
}

bool is_loopback(const endpoint& where) {
  if (is_localhost(where.host)) return true;
  if (const auto v4 = ipv4_of(where.host)) return v4->front() == 127;
  if (const auto v6 = ipv6_of(where.host)) {
    constexpr ipv6_bytes one = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    constexpr ipv6_bytes mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    return *v6 == one || (std::equal(mapped.begin(), mapped.begin() + 12, v6->begin()) && (*v6)[12] == 127);
  }
  return false;
}

}  // namespace spindrift
