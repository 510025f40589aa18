// Answers requests for the page and its events.
#include "visualizer/web/page_server.hpp"

#include "visualizer/web/page.hpp"

namespace spindrift {

namespace {

http_limits limits_of_page() {
  http_limits limits;
  limits.connections_max = page_server::clients_max;
  return limits;
}

}  // namespace

page_server::page_server(boost::asio::io_context& io, const endpoint& where, double threshold, x_axis axis)
    : feed_({threshold, axis}),
      server_(
          io, where, [this](const http_request& asked) { return answer(asked); }, limits_of_page()) {}

void page_server::publish(const gallery& shown, const heading& above) {
  shown_ = &shown;
  above_ = above;
  const std::string event = feed_.increment(shown, above);
  if (!event.empty()) server_.publish(event);
}

std::optional<http_response> page_server::answer(const http_request& asked) {
  http_response reply;
  if (const auto page = find_page(asked.path)) {
    reply.content_type = page->content_type;
    reply.content_security_policy = page_policy;
    reply.body = page->bytes;
  } else if (asked.path == "/events") {
    reply.is_event_stream = true;
    if (asked.method == "GET") reply.body = catch_up();
  } else if (asked.path == "/healthz") {
    reply.body = "ok\n";
  } else {
    return std::nullopt;
  }
  return reply;
}

// All there is, for one who just came. The others are brought up to date first, so that the next increment continues
// this snapshot for everybody.
std::string page_server::catch_up() {
  const std::string event = feed_.increment(*shown_, above_);
  if (!event.empty()) server_.publish(event);
  return feed_.snapshot(*shown_, above_);
}

}  // namespace spindrift
