// GET /v1/shadow: what the shadow has found, as one JSON object; with ?format=text in words. It is about all streams:
// for whoever may see all of them, or the whole server's counters. Any thread.
#pragma once

#include <optional>

#include "common/net/http_exchange.hpp"

namespace spindrift {

class shadow;
struct identity;

inline constexpr const char* shadow_page_path = "/v1/shadow";

// Nothing where another page was asked for. `beside` may be null: 404 and how to have one. `who` asks; null: there are
// no tokens.
std::optional<http_response> shadow_page(const http_request& asked, const shadow* beside, const identity* who);

}  // namespace spindrift
