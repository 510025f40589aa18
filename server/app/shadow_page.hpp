// GET /v1/shadow: what the shadow has found, as one JSON object; with ?format=text in words. Any thread.
#pragma once

#include <optional>

#include "common/net/http_exchange.hpp"

namespace spindrift {

class shadow;

inline constexpr const char* shadow_page_path = "/v1/shadow";

// Nothing where another page was asked for. `beside` may be null: 404 and how to have one.
std::optional<http_response> shadow_page(const http_request& asked, const shadow* beside);

}  // namespace spindrift
