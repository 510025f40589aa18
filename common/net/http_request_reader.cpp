// Reads one HTTP request with Beast's parser, and judges its header.
#include "common/net/http_request_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <iterator>

#include "common/net/http_host.hpp"

namespace spindrift {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

using message = http::request<http::string_body>;

// A target as requests have it: "/path?query", or the absolute form, "http://host/path", that proxies are sent.
struct request_target {
  std::string_view authority;  // empty: the Host field says it
  std::string_view path;       // with the query; empty: the target is of neither form
};

request_target split(std::string_view target) {
  constexpr std::string_view scheme = "http://";
  if (target.starts_with('/')) return {{}, target};
  if (!beast::iequals(beast::string_view(target.data(), target.size()).substr(0, scheme.size()), scheme.data())) {
    return {};
  }
  target.remove_prefix(scheme.size());
  const std::size_t slash = std::min(target.find_first_of("/?"), target.size());
  const std::string_view authority = target.substr(0, slash);
  target.remove_prefix(slash);
  return {authority, target.starts_with('/') ? target : std::string_view("/")};
}

request_target target_of(const message& request) {
  return split({request.target().data(), request.target().size()});
}

// Beast knows chunks alone; of anything else it sees no end, and would take the body for the next request.
bool has_unknown_coding(const message& request) {
  const auto codings = request.equal_range(http::field::transfer_encoding);
  const auto count = std::distance(codings.first, codings.second);
  return count > 1 || (count == 1 && !beast::iequals(codings.first->value(), "chunked"));
}

bool expects_something_else(const message& request) {
  const auto expected = request.find(http::field::expect);
  return expected != request.end() && !beast::iequals(expected->value(), "100-continue");
}

}  // namespace

struct http_request_reader::parser {
  http::request_parser<http::string_body> beast;
  const message& get() const { return beast.get(); }
};

http_request_reader::http_request_reader(std::size_t header_bytes_max, std::size_t body_bytes_max)
    : parser_(std::make_unique<parser>()) {
  parser_->beast.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  parser_->beast.body_limit(body_bytes_max);
}

http_request_reader::~http_request_reader() = default;

std::size_t http_request_reader::put(std::string_view bytes) {
  if (state_ == state::is_whole || state_ == state::failed) return 0;
  auto& beast_parser = parser_->beast;
  if (state_ != state::in_header) {
    beast_parser.eager(true);
    if (beast_parser.is_done()) bytes = {};  // what follows is the next request
  }
  boost::system::error_code failure;
  const std::size_t taken =
      bytes.empty() ? 0 : beast_parser.put(boost::asio::buffer(bytes.data(), bytes.size()), failure);
  if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    fail(431);
  } else if (failure == http::error::body_limit) {
    fail(413);
  } else if (failure && failure != http::error::need_more) {
    fail(400);
  } else if (state_ == state::in_header) {
    if (beast_parser.is_header_done()) state_ = state::has_header;
  } else {
    state_ = beast_parser.is_done() ? state::is_whole : state::in_body;
  }
  return taken;
}

void http_request_reader::fail(unsigned status) {
  state_ = state::failed;
  fault_ = status;
}

bool http_request_reader::has_begun() const {
  return parser_->beast.got_some();
}

std::optional<unsigned> http_request_reader::refusal(const endpoint& bound, bool takes_post,
                                                     std::string_view public_host) const {
  const message& request = parser_->get();
  const bool is_read = request.method() == http::verb::get || is_head();
  if (!is_read && !(is_post() && takes_post)) return 405;
  if (has_unknown_coding(request)) return 501;
  if (expects_something_else(request)) return 417;
  const request_target target = target_of(request);
  if (target.path.empty()) return 400;
  const auto hosts = request.equal_range(http::field::host);
  const auto count = std::distance(hosts.first, hosts.second);
  if (count > 1 || (count == 0 && request.version() >= 11)) return 400;
  // Of both, the target's counts (RFC 9112, 3.2.2).
  if (count == 1 || !target.authority.empty()) {
    const auto field = count == 1 ? hosts.first->value() : beast::string_view();
    const std::string_view host =
        target.authority.empty() ? std::string_view(field.data(), field.size()) : target.authority;
    if (!is_host_allowed(host, bound, public_host)) return 421;
  }
  // A page of another server reads nothing here; what it would post is judged by whoever takes it.
  if (is_read && has_origin() && !has_own_origin()) return 403;
  return std::nullopt;
}

bool http_request_reader::is_complete() const {
  return parser_->beast.is_done();
}

bool http_request_reader::is_head() const {
  return parser_->get().method() == http::verb::head;
}

bool http_request_reader::is_post() const {
  return parser_->get().method() == http::verb::post;
}

bool http_request_reader::has_origin() const {
  return parser_->get().count(http::field::origin) > 0;
}

bool http_request_reader::has_own_origin() const {
  const auto origin = parser_->get()[http::field::origin];
  const auto host = parser_->get()[http::field::host];
  const auto at = origin.find("://");
  return at != origin.npos && !host.empty() && origin.substr(at + 3) == host;
}

bool http_request_reader::expects_go_on() const {
  return parser_->get().count(http::field::expect) > 0;
}

bool http_request_reader::keeps_alive() const {
  return parser_->get().keep_alive();
}

unsigned http_request_reader::version() const {
  return parser_->get().version();
}

std::uint64_t http_request_reader::content_length() const {
  const auto length = parser_->beast.content_length();
  return length ? *length : 0;
}

std::string_view http_request_reader::path() const {
  const std::string_view target = target_of(parser_->get()).path;
  return target.substr(0, target.find('?'));
}

http_request http_request_reader::request() const {
  const message& request = parser_->get();
  const auto field = [&request](http::field name) {
    const auto found = request.find(name);
    return found == request.end() ? std::string_view() : std::string_view(found->value().data(), found->value().size());
  };
  http_request asked;
  asked.method = is_post() ? "POST" : is_head() ? "HEAD" : "GET";
  if (is_post()) asked.body = request.body();
  asked.content_type = field(http::field::content_type);
  asked.content_encoding = field(http::field::content_encoding);
  asked.authorization = field(http::field::authorization);
  asked.cookie = field(http::field::cookie);
  const auto last = request.find("Last-Event-ID");
  if (last != request.end()) asked.last_event_id = {last->value().data(), last->value().size()};
  const std::string_view target = target_of(request).path;
  const std::size_t mark = target.find('?');
  asked.path = target.substr(0, mark);
  asked.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  return asked;
}

void http_request_reader::limit_body(std::size_t bytes_max) {
  parser_->beast.body_limit(bytes_max);
}

void http_request_reader::drop_body() {
  parser_->beast.get().body() = {};
}

}  // namespace spindrift
