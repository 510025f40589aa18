// Says which Host headers name this machine.
#include "common/net/http_host.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace spindrift {

bool is_host_allowed(std::string_view host_header, const endpoint& bound, std::string_view public_host) {
  if (!is_loopback(bound)) return true;
  if (!public_host.empty() && boost::algorithm::iequals(host_header, public_host)) return true;
  const auto bracket = host_header.rfind(']');
  const auto colon = host_header.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const std::string with_port(has_port ? host_header : std::string(host_header) + ":80");
  const auto asked = parse_endpoint(with_port);
  return asked && (is_loopback(*asked) || asked->host == bound.host);
}

}  // namespace spindrift
