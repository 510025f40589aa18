// HOST:PORT as people write it. No sockets here: text in, two fields out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

struct endpoint {
  std::string host;  // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 0;

  bool operator==(const endpoint&) const = default;
};

// "127.0.0.1:7171", "[::1]:7171", "localhost:0". Nothing when the text is not of this form.
std::optional<endpoint> parse_endpoint(std::string_view text);
// What a person types: that, or "7171" and ":7171" for 127.0.0.1, or "*:7171" for every address of IPv4.
std::optional<endpoint> endpoint_meant(std::string_view text);
// What that has to be, for whoever must say so.
inline constexpr std::string_view endpoint_rule =
    "HOST:PORT, with a port from 0 to 65535 and IPv6 addresses in brackets";
std::string to_text(const endpoint& where);
// True for an address that only this machine can reach: 127.0.0.0/8 (also IPv4-mapped), ::1, localhost.
bool is_loopback(const endpoint& where);

}  // namespace spindrift
