// The page of the shadow.
#include "server/app/shadow_page.hpp"

#include "server/rehearsal/shadow.hpp"
#include "server/session/permission.hpp"

namespace spindrift {

std::optional<http_response> shadow_page(const http_request& asked, const shadow* beside, const identity* who) {
  if (asked.path != shadow_page_path) return std::nullopt;
  if (who != nullptr && !who->is_admin && !may_subscribe(who, "*")) {
    return http_response{.status = 403,
                         .body =
                             "what the shadow found is of all streams: it takes a token with subscribe=* or "
                             "may=admin\n"};
  }
  if (beside == nullptr) return http_response{.status = 404, .body = "there is no shadow: start with --shadow FILE\n"};
  if (asked.query == "format=text") return http_response{.body = beside->report_text()};
  return http_response{.content_type = "application/json", .body = beside->report_json()};
}

}  // namespace spindrift
