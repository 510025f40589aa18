// What the daemon answers over HTTP: /metrics for Prometheus, /healthz and /readyz, at / what there is. Plain function;
// answers at once.
#pragma once

#include <optional>

#include "common/net/http_server.hpp"

namespace spindrift {

class daemon_info;

std::optional<http_response> status_page(const http_request& asked, const daemon_info& info, bool is_stopping);

}  // namespace spindrift
