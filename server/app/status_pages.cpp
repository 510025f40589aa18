// The pages of metrics and health.
#include "server/app/status_pages.hpp"

#include "server/app/daemon_info.hpp"

namespace spindrift {

std::optional<http_response> status_page(const http_request& asked, const daemon_info& info, bool is_stopping) {
  if (asked.path == "/metrics") {
    return http_response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = info.metrics()};
  }
  if (asked.path == "/healthz") return http_response{.body = "ok\n"};
  if (asked.path == "/readyz") {
    return is_stopping ? http_response{.status = 503, .body = "shutting down\n"} : http_response{.body = "ready\n"};
  }
  return std::nullopt;
}

}  // namespace spindrift
