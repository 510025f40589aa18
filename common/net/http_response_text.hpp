// The header of an HTTP answer as bytes, and the answer that is nothing but its status. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "common/net/http_exchange.hpp"

namespace spindrift {

// What of the header the answer itself does not say.
struct http_circumstance {
  unsigned version = 11;  // of the request: 10 or 11
  bool closes = false;
  std::string_view allowed_methods = "GET, HEAD";  // named with a 405
};

// The status line and all fields, the empty line included. An event stream has no length, and ends with the connection.
std::string http_header_text(const http_response& answer, const http_circumstance& circumstance);
// "Not Found\n".
http_response plain_response(unsigned status);

}  // namespace spindrift
