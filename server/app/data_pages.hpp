// What the daemon says of streams and events over HTTP, as JSON:
//
//   GET /v1/streams   the streams by name, a page at a time
//   GET /v1/events    the history, newest first, a page at a time; ?shape=grafana: as annotations
//   GET /v1/feed      what is told from now on, or since Last-Event-ID, as Server-Sent Events (http_feed.hpp)
//
// Where there are tokens each needs one (Authorization: Bearer), and leaves out what it may not see. Lives on the
// thread of the shard that HTTP is heard on, which nothing here keeps waiting: the history is asked of its desk, and a
// listing is made in slices of what the shard's listings may cost, while the answer is held. Limits: a page
// limits::listing_max entries, http_feed::feeds_max feeds, an answer http_limits::hold_timeout (then 503). The shard
// and the engine outlive it, and it outlives the HTTP server. docs/http.md says all of it to clients.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/http_exchange.hpp"
#include "server/app/http_feed.hpp"

namespace spindrift {

class data_pages {
public:
  // The house's `ask`, `admission` and limits are set by the owner before it answers.
  explicit data_pages(shard& home, std::chrono::milliseconds refusal_delay)
      : house(home), refusal_delay_(refusal_delay) {}

  feed_house house;

  // How much later a wrong token is answered, from now on.
  void delay_refusals(std::chrono::milliseconds by) { refusal_delay_ = by; }

  // Nothing: another page was asked for.
  std::optional<http_response> answer(const http_request& asked);
  // Whether the request shows a token that the server knows, or none is needed; `who` is set where it does.
  bool is_admitted(const http_request& asked, std::shared_ptr<const identity>& who) const;
  // Told `refusal_delay` later, so that guessing is slow.
  http_response unauthorized() const;

private:
  http_response streams(const http_request& asked, std::shared_ptr<const identity> who) const;
  http_response events(const http_request& asked, std::shared_ptr<const identity> who) const;
  http_response feed(const http_request& asked, std::shared_ptr<const identity> who);

  std::chrono::milliseconds refusal_delay_;
};

}  // namespace spindrift
