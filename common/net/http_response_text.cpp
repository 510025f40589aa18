// Writes the header of an HTTP answer.
#include "common/net/http_response_text.hpp"

#include <boost/beast/http/status.hpp>

namespace spindrift {
namespace {

constexpr std::string_view retry_after_s = "1";

std::string reason_of(unsigned status) {
  return std::string(boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status)));
}

void append_field(std::string& text, std::string_view name, std::string_view value) {
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string http_header_text(const http_response& answer, const http_circumstance& circumstance) {
  const bool keeps_alive = !circumstance.closes && !answer.is_event_stream;
  std::string text = circumstance.version >= 11 ? "HTTP/1.1 " : "HTTP/1.0 ";
  text.append(std::to_string(answer.status)).append(" ").append(reason_of(answer.status)).append("\r\n");
  // What each version does by itself is not said.
  if (circumstance.version >= 11 && !keeps_alive) append_field(text, "Connection", "close");
  if (circumstance.version < 11 && keeps_alive) append_field(text, "Connection", "keep-alive");
  append_field(text, "Content-Type",
               answer.is_event_stream ? std::string_view("text/event-stream") : std::string_view(answer.content_type));
  append_field(text, "Cache-Control", "no-store");
  append_field(text, "X-Content-Type-Options", "nosniff");
  append_field(text, "Content-Security-Policy", answer.content_security_policy);
  // Nothing goes to others. With "no-referrer" browsers call the origin of a form null, and it is refused.
  append_field(text, "Referrer-Policy", "same-origin");
  if (!answer.set_cookie.empty()) append_field(text, "Set-Cookie", answer.set_cookie);
  if (!answer.location.empty()) append_field(text, "Location", answer.location);
  if (answer.status == 405) append_field(text, "Allow", circumstance.allowed_methods);
  if (answer.status == 401) append_field(text, "WWW-Authenticate", "Bearer");
  if (answer.status == 503 || answer.status == 429) append_field(text, "Retry-After", retry_after_s);
  if (!answer.is_event_stream && answer.status != 204) {
    append_field(text, "Content-Length", std::to_string(answer.body.size()));
  }
  return text.append("\r\n");
}

http_response plain_response(unsigned status) {
  http_response answer;
  answer.status = status;
  answer.body = reason_of(status) + "\n";
  return answer;
}

}  // namespace spindrift
