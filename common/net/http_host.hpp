// Whom a request may be addressed to: the guard against DNS rebinding.
//
// A page from anywhere can point its own name at 127.0.0.1 and then reads our answers as its own. So a server that is
// bound to loopback answers only requests whose Host is a loopback name or address, or the very host it was bound to.
// The page itself is told apart by its Origin (http_request_reader). Pure functions.
#pragma once

#include <string_view>

#include "common/net/endpoint.hpp"

namespace spindrift {

// `host_header` as sent: "localhost:7172", "[::1]", "127.0.0.1". Bound to other than loopback, any host will do, and so
// will `public_host` wherever it is not empty (http_limits).
bool is_host_allowed(std::string_view host_header, const endpoint& bound, std::string_view public_host = {});

}  // namespace spindrift
