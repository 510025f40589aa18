// The page of the shadow.
#include "server/app/shadow_page.hpp"

#include "server/rehearsal/shadow.hpp"

namespace spindrift {

std::optional<http_response> shadow_page(const http_request& asked, const shadow* beside) {
  if (asked.path != shadow_page_path) return std::nullopt;
  if (beside == nullptr) return http_response{.status = 404, .body = "there is no shadow: start with --shadow FILE\n"};
  if (asked.query == "format=text") return http_response{.body = beside->report_text()};
  return http_response{.content_type = "application/json", .body = beside->report_json()};
}

}  // namespace spindrift
