// Answers requests for the page and its events.
#include "visualizer/web/page_server.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "common/net/http_query.hpp"
#include "common/protocol/frame_limits.hpp"
#include "common/protocol/name_limits.hpp"
#include "common/protocol/query_limits.hpp"
#include "visualizer/series/clock.hpp"
#include "visualizer/web/board_answer.hpp"
#include "visualizer/web/page.hpp"

namespace spindrift {

namespace {

// What stands between the slashes; empty: it is no address.
std::string_view host_of(std::string_view url) {
  const std::size_t at = url.find("://");
  if (at == std::string_view::npos) return {};
  const std::string_view rest = url.substr(at + 3);
  return rest.substr(0, rest.find('/'));
}

http_limits limits_of_page(std::string_view public_url) {
  http_limits limits;
  limits.public_host = host_of(public_url);
  limits.connections_max = page_server::clients_max;
  limits.post_bytes_max = 4'096;
  limits.takes_own_origin = true;
  return limits;
}

bool takes_post(std::string_view path) {
  return path == "/ask/mark" || path == "/login";
}

http_response json_of(std::string body) {
  http_response reply;
  reply.content_type = "application/json";
  reply.body = std::move(body);
  return reply;
}

// What the page has the server asked; nothing: no such question.
std::optional<command> question_of(const http_request& asked) {
  const std::string stream = query_text(asked.query, "stream");
  const std::uint64_t event = query_number(asked.query, "event", 0, limits::seq_max);
  const std::size_t points = query_number(asked.query, "points", limits::recent_max, limits::recent_max);
  if (asked.path == "/ask/history") {
    history_command history;
    if (!stream.empty()) history.streams = {stream};
    history.since = static_cast<std::int64_t>(query_number(asked.query, "since", 0, limits::seq_max));
    history.limit = query_number(asked.query, "limit", 100, limits::listing_max);
    return history;
  }
  if (stream.empty() || stream.size() > limits::stream_bytes_max) return std::nullopt;
  if (asked.path == "/ask/recent" && points > 0) return recent_command{stream, points};
  if (asked.path == "/ask/explain" && event > 0) return explain_command{stream, event};
  const std::string as = query_text(asked.query, "as");
  if (asked.path == "/ask/mark" && asked.method == "POST" && event > 0 && (as == "expected" || as == "real"))
    return mark_command{stream, event, as == "expected"};
  return std::nullopt;
}

// As long whatever is wrong with it.
bool is_same(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && !b.empty(); ++i)
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i % b.size()]));
  return difference == 0;
}

constexpr std::string_view cookie_name = "spindrift_token=";
constexpr std::string_view form_policy =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

}  // namespace

page_server::page_server(boost::asio::io_context& io, const endpoint& where, double threshold, x_axis axis,
                         std::string public_url)
    : settings_{threshold, axis},
      feed_(settings_),
      public_url_(std::move(public_url)),
      server_(
          io, where, [this](const http_request& asked) { return answer(asked); }, limits_of_page(public_url_),
          takes_post) {}

void page_server::serve(const stream_board& board, page_ask ask) {
  board_ = &board;
  ask_ = std::move(ask);
}

void page_server::publish(const gallery& shown, const heading& above) {
  shown_ = &shown;
  above_ = above;
  const std::string event = feed_.increment(shown, above);
  if (!event.empty()) server_.publish(event);
}

std::optional<http_response> page_server::answer(const http_request& asked) {
  http_response reply;
  if (!token_.empty()) {
    if (asked.path == "/login") return log_in(asked);
    if (asked.path != "/style.css" && asked.path != "/healthz" && !is_admitted(asked)) {
      reply.status = asked.path == "/" ? 303 : 401;
      if (asked.path == "/") reply.location = "/login";
      return reply;
    }
  }
  if (board_ != nullptr) {
    if (auto found = answer_of_board(asked)) return found;
  }
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

void page_server::watch(std::string stream, std::int64_t now_ms) {
  const auto known = std::ranges::find(watched_, stream, &watched_stream::name);
  if (known != watched_.end()) {
    known->asked_ms = now_ms;
  } else if (watched_.size() < watched_max) {
    watched_.push_back({std::move(stream), now_ms});
  } else {
    *std::ranges::min_element(watched_, {}, &watched_stream::asked_ms) = {std::move(stream), now_ms};
  }
}

std::vector<std::string> page_server::watched(std::int64_t now_ms) const {
  std::vector<std::string> names;
  for (const watched_stream& one : watched_) {
    if (now_ms - one.asked_ms < watched_ms) names.push_back(one.name);
  }
  return names;
}

std::optional<http_response> page_server::answer_of_board(const http_request& asked) {
  const board_answer board{*board_, above_, settings_, steady_ms(), public_url_};
  if (asked.path == "/points" || asked.path == "/charts") {
    for (std::string& name : query_texts(asked.query, "stream")) watch(std::move(name), board.now_ms);
  }
  if (asked.path == "/streams") return json_of(board.streams(asked.query));
  if (asked.path == "/points") return json_of(board.points(asked.query));
  if (asked.path == "/charts") return json_of(board.charts(asked.query));
  if (asked.path == "/told") return json_of(board.events(asked.query));
  return asked.path.starts_with("/ask/") ? relay(asked) : std::nullopt;
}

// Held until the server has answered; whatever it says is JSON, its errors too.
std::optional<http_response> page_server::relay(const http_request& asked) const {
  const auto question = question_of(asked);
  if (!question) {
    http_response reply = json_of(R"({"type":"error","message":"no such question"})");
    reply.status = 400;
    return reply;
  }
  struct waiting {
    bool is_there = false;
    std::optional<std::string> line;
  };
  const auto said = std::make_shared<waiting>();
  ask_(*question, [said](std::optional<std::string> line) { *said = {true, std::move(line)}; });
  http_response reply = json_of({});
  reply.release = [said] { return said->is_there ? http_release::goes : http_release::not_yet; };
  reply.finish = [said](http_response& out) {
    if (!said->line) out.status = 502;
    out.body = said->line.value_or(R"({"type":"error","message":"the server does not answer"})");
  };
  return reply;
}

bool page_server::is_admitted(const http_request& asked) const {
  const std::size_t at = asked.cookie.find(cookie_name);
  if (at == std::string_view::npos) return false;
  const std::string_view rest = asked.cookie.substr(at + cookie_name.size());
  return is_same(unescaped(rest.substr(0, rest.find(';'))), token_);
}

// A form, and what it sends. The cookie goes to this server alone, and to no script.
http_response page_server::log_in(const http_request& asked) const {
  http_response reply;
  if (asked.method == "POST" && is_same(query_text(asked.body, "token"), token_)) {
    const std::string_view sent = asked.body.substr(asked.body.find("token=") + 6);
    reply.status = 303;
    reply.location.assign(1, '/');  // GCC 12 sees an overflow in the other form
    reply.set_cookie = std::string(cookie_name) + std::string(sent.substr(0, sent.find('&'))) +
                       "; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000";
    return reply;
  }
  reply.status = asked.method == "POST" ? 403 : 200;
  reply.content_type = "text/html; charset=utf-8";
  reply.content_security_policy = form_policy;
  reply.body =
      "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>spindrift</title>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<link rel=\"stylesheet\" href=\"style.css\"></head><body class=\"login\"><main><h1>spindrift</h1>"
      "<form method=\"post\" action=\"login\"><label>Token <input name=\"token\" type=\"password\" required "
      "autocomplete=\"current-password\"></label> <button>Look</button></form>" +
      std::string(asked.method == "POST" ? "<p role=\"alert\">This is not the token.</p>" : "") +
      "</main></body></html>\n";
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
