// Answers requests for streams, events and the feed.
#include "server/app/data_pages.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "common/model/pattern.hpp"
#include "common/protocol/encode.hpp"
#include "server/app/data_question.hpp"
#include "server/app/late_release.hpp"
#include "server/clock/clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/stream_listing.hpp"
#include "server/engine/stream_table.hpp"
#include "server/net/shard.hpp"
#include "server/session/permission.hpp"
#include "server/session/reply_line.hpp"
#include "server/session/session.hpp"
#include "server/sources/http_ingest.hpp"

namespace spindrift {
namespace {

http_response json_answer(unsigned status, std::string body) {
  http_response made;
  made.status = status;
  made.content_type = "application/json";
  made.body = std::move(body);
  return made;
}

http_response told_why(unsigned status, std::string_view code, std::string_view why) {
  std::string body = R"({"type":"error","code":")";
  body.append(code).append(R"(","message":)");
  append_json_string(why, body);
  return json_answer(status, body += "}\n");
}

std::string page_of(std::vector<stream_summary> found, std::size_t limit) {
  const bool has_more = found.size() > limit;
  if (has_more) found.resize(limit);
  std::string body = R"({"streams":[)";
  for (const stream_summary& shown : found) {
    if (body.back() == '}') body += ',';
    append_stream(shown, body);
  }
  body += R"(],"next":)";
  if (has_more) {
    append_json_string(found.back().name, body);
  } else {
    body += "null";
  }
  return body += "}\n";
}

}  // namespace

std::optional<http_response> data_pages::answer(const http_request& asked) {
  const bool is_feed = asked.path == "/v1/feed";
  if (!is_feed && asked.path != "/v1/streams" && asked.path != "/v1/events") return std::nullopt;
  std::shared_ptr<const identity> who;
  if (!is_admitted(asked, who)) return unauthorized();
  if (is_feed) return feed(asked, std::move(who));
  return asked.path == "/v1/streams" ? streams(asked, std::move(who)) : events(asked, std::move(who));
}

bool data_pages::is_admitted(const http_request& asked, std::shared_ptr<const identity>& who) const {
  if (house.admission == nullptr) return true;
  who = house.admission->admit(http_ingest::token_of(asked.authorization));
  return who != nullptr;
}

http_response data_pages::unauthorized() const {
  http_response made = told_why(401, "unauthorized", "show a token that the server knows: Authorization: Bearer TOKEN");
  made.release = released_after(refusal_delay_);
  return made;
}

// One stream more than the page has says whether there is another page.
http_response data_pages::streams(const http_request& asked, std::shared_ptr<const identity> who) const {
  streams_question page;
  if (const auto wrong = read_question(asked.query, page)) return told_why(400, "bad_value", *wrong);
  std::vector<pattern> wanted;
  for (const std::string& text : page.streams) wanted.emplace_back(text);
  const auto is_wanted = [wanted = std::move(wanted), who = std::move(who), after = page.after](std::string_view name) {
    return name > after && may_see(who.get(), name) &&
           std::any_of(wanted.begin(), wanted.end(), [name](const pattern& one) { return one.takes(name); });
  };
  const auto listing =
      std::make_shared<stream_listing>(house.home.environment.observer.streams(), is_wanted, page.limit + 1);
  http_response made = json_answer(200, {});
  made.release = [listing, &budgets = house.home.workspace.listings] {
    const std::size_t budget = budgets.left(steady_ms());
    std::size_t left = budget;
    const bool is_done = budget > 0 && listing->advance(left);
    if (budget > 0) budgets.spend(budget - left);
    return is_done ? http_release::goes : http_release::not_yet;
  };
  made.finish = [listing, limit = page.limit](http_response& out) { out.body = page_of(listing->take(), limit); };
  return made;
}

http_response data_pages::events(const http_request& asked, std::shared_ptr<const identity> who) const {
  event_page_question page;
  if (const auto wrong = read_question(asked.query, page)) return told_why(400, "bad_value", *wrong);
  struct waiting {
    bool is_there = false;
    desk_answer given;
  };
  const auto said = std::make_shared<waiting>();
  house.ask(page, std::move(who), [said](desk_answer given) { *said = {true, std::move(given)}; });
  http_response made = json_answer(200, {});
  made.release = [said] { return said->is_there ? http_release::goes : http_release::not_yet; };
  made.finish = [said](http_response& out) {
    if (said->given.refused) {
      out = told_why(503, name_of(*said->given.refused), said->given.text);
    } else {
      out.body = std::move(said->given.text);
    }
  };
  return made;
}

http_response data_pages::feed(const http_request& asked, std::shared_ptr<const identity> who) {
  feed_question page;
  if (const auto wrong = read_question(asked.query, asked.last_event_id, page)) {
    return told_why(400, "bad_value", *wrong);
  }
  for (const std::string& text : page.streams) {
    if (!may_subscribe(who.get(), text))
      return told_why(403, "forbidden", "the token does not allow to subscribe to these streams");
  }
  http_response made;
  made.is_event_stream = true;
  if (asked.method != "GET") return made;
  if (house.open >= http_feed::feeds_max) {
    return told_why(503, "too_many_connections", "there are as many feeds as there may be at once");
  }
  made.events = std::make_shared<http_feed>(house, std::move(page), std::move(who));
  return made;
}

}  // namespace spindrift
