// Where clients are waited for, as people write it, and what is expected of those who come that way.
//
//   HOST:PORT, tcp://HOST:PORT   clients by TCP; TLS where the server has a certificate
//   unix:/run/spindrift.sock     clients on this machine, let in by the socket's mode
//   udp://HOST:PORT              datagrams of whole lines, unanswered
//
// Behind a `?` come, with `&` between them: format=graphite (as --format), replies=on, mode=0660 (unix), proxy=on
// (tcp: as --proxy-protocol). Pure: text in, fields out.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/net/endpoint.hpp"

namespace spindrift {

struct listen_address {
  enum class kind { by_tcp, by_unix, by_udp };
  kind is = kind::by_tcp;
  endpoint where{};      // by_tcp, by_udp
  std::string path{};    // by_unix
  unsigned mode = 0660;  // of the socket's file
  std::string format{};  // empty: what --format says
  std::optional<bool> replies{};
  std::optional<bool> proxied{};
};

inline constexpr const char* listen_rule =
    "HOST:PORT, tcp://HOST:PORT, udp://HOST:PORT or unix:/PATH (at most 107 bytes), with a port from 0 to 65535 and "
    "IPv6 addresses in brackets; then perhaps ?format=FORMAT, replies=on|off, mode=0660 (unix), proxy=on|off (tcp), "
    "with & between them";

// Nothing: it breaks listen_rule. The format is any word; whoever knows formats looks at it.
std::optional<listen_address> parse_listen_address(std::string_view text);
// Without what stands behind the `?`.
std::string to_text(const listen_address& address);

}  // namespace spindrift
