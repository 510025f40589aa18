// The pages of metrics and health.
#include "server/app/status_pages.hpp"

#include <string>
#include <string_view>

#include "server/app/daemon_info.hpp"

namespace spindrift {
namespace {

// For whoever opens the port in a browser.
constexpr std::string_view http_contents =
    "spindriftd. Here are /healthz, /readyz, /metrics, /v1/streams, /v1/events and /v1/feed; points are posted to\n"
    "/v1/points, /write and /api/v2/write (InfluxDB), /api/v1/write (Prometheus) and /v1/metrics (OTLP).\n"
    "The page with charts is another program's: spindrift-viz --web 127.0.0.1:8080\n";

}  // namespace

std::optional<http_response> status_page(const http_request& asked, const daemon_info& info, bool is_stopping) {
  if (asked.path == "/metrics") {
    return http_response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = info.metrics()};
  }
  if (asked.path == "/") return http_response{.body = std::string(http_contents)};
  if (asked.path == "/healthz") return http_response{.body = "ok\n"};
  if (asked.path == "/readyz") {
    return is_stopping ? http_response{.status = 503, .body = "shutting down\n"} : http_response{.body = "ready\n"};
  }
  return std::nullopt;
}

}  // namespace spindrift
