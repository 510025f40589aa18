// One HTTP connection: reads requests, has them answered, sends answers and events.
#include "common/net/http_session.hpp"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <exception>
#include <iterator>
#include <string_view>
#include <utility>

#include "common/log/log.hpp"
#include "common/net/http_host.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

// A refused upload is read this far, so that the answer is not lost in a reset; then the connection is cut.
constexpr std::size_t discarded_bytes_max = 1'024 * 1'024;
constexpr std::size_t read_bytes = 4'096;
constexpr const char* retry_after_s = "1";

http_response plain(unsigned status) {
  http_response answer;
  answer.status = status;
  answer.body = std::string(http::obsolete_reason(static_cast<http::status>(status))) + "\n";
  return answer;
}

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

std::string_view target_of(const http::request<http::string_body>& request) {
  return {request.target().data(), request.target().size()};
}

// Beast knows chunks alone; of anything else it sees no end, and would take the body for the next request.
bool has_unknown_coding(const http::request<http::string_body>& request) {
  const auto codings = request.equal_range(http::field::transfer_encoding);
  const auto count = std::distance(codings.first, codings.second);
  return count > 1 || (count == 1 && !beast::iequals(codings.first->value(), "chunked"));
}

}  // namespace

http_session::http_session(asio::ip::tcp::socket&& socket, std::shared_ptr<http_shared> shared)
    : stream_(std::move(socket), shared->tls ? shared->tls() : nullptr),
      hold_timer_(stream_.get_executor()),
      shared_(std::move(shared)),
      buffer_(shared_->limits.header_bytes_max + read_bytes) {
  shared_->sessions.insert(this);
}

http_session::~http_session() {
  end_post();
  shared_->sessions.erase(this);
  uncount();
}

void http_session::uncount() {
  if (is_counted_) --shared_->connections;
  is_counted_ = false;
}

bool make_room(http_shared& shared) {
  http_session* longest = nullptr;
  for (http_session* const one : shared.sessions) {
    if (!one->is_waiting()) continue;
    const bool is_before = longest == nullptr ||
                           (one->has_asked() != longest->has_asked() ? longest->has_asked()
                                                                     : one->waiting_since() < longest->waiting_since());
    if (is_before) longest = one;
  }
  if (longest != nullptr) longest->cut();
  return longest != nullptr;
}

// Its slot is free at once; its operations end by themselves.
void http_session::cut() {
  uncount();
  stream_.close();
}

void http_session::start() {
  is_counted_ = true;
  ++shared_->connections;
  begin_waiting();
  stream_.expires_after(shared_->limits.header_timeout);
  if (!stream_.is_encrypted()) return read_header();
  phase_ = phase::reading;
  stream_.async_handshake([self = shared_from_this()](error failure) {
    if (!failure) self->read_header();
  });
}

// A handshake is too much for one that is refused.
void http_session::start_refusal() {
  if (stream_.is_encrypted()) return stream_.close();
  refuse(503);
}

void http_session::wait_for_request() {
  phase_ = phase::waiting;
  begin_waiting();
  if (shared_->is_stopping) {
    linger();
    return;
  }
  if (buffer_.size() > 0) {  // the next request came along with the last one
    stream_.expires_after(shared_->limits.request_timeout);
    read_header();
    return;
  }
  stream_.expires_after(shared_->limits.idle_timeout);
  stream_.async_read_some(buffer_.prepare(read_bytes), [self = shared_from_this()](error failure, std::size_t count) {
    if (failure) return;  // closed, or idle for too long
    self->buffer_.commit(count);
    self->stream_.expires_after(self->shared_->limits.request_timeout);
    self->read_header();
  });
}

void http_session::read_header() {
  phase_ = phase::reading;
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(shared_->limits.header_bytes_max));
  // The header does not say yet whose limit counts; judge_body() does.
  const http_limits& limits = shared_->limits;
  parser_->body_limit(std::max(limits.body_bytes_max, shared_->takes_post ? limits.post_bytes_max : 0));
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error failure, std::size_t) { self->on_header(failure); });
}

void http_session::on_header(error failure) {
  if (failure) {
    on_read_failure(failure);
    return;
  }
  stream_.expires_after(shared_->limits.request_timeout);
  // Judged before the body arrives: whoever sends one with a POST need not wait for the answer.
  auto refusal = judge();
  if (!refusal) refusal = judge_body();
  if (refusal) return reply(std::move(*refusal), true);
  begin_body();
}

void http_session::begin_body() {
  if (is_post()) {
    is_posting_ = true;
    ++shared_->posts;
  } else {
    parser_->body_limit(shared_->limits.body_bytes_max);
  }
  if (parser_->is_done()) {
    on_request();
  } else if (parser_->get().count(http::field::expect) > 0) {
    ask_for_body();
  } else {
    read_body();
  }
}

// Whoever expects it sends its body only now. judge() has seen to it that nothing else is expected.
void http_session::ask_for_body() {
  static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](error failure, std::size_t) {
    if (!failure) self->read_body();
  });
}

void http_session::read_body() {
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error body_failure, std::size_t) {
    if (body_failure) {
      self->on_read_failure(body_failure);
    } else {
      self->on_request();
    }
  });
}

void http_session::on_read_failure(error failure) {
  if (failure == http::error::end_of_stream) {
    linger();
  } else if (failure == http::error::header_limit || failure == http::error::buffer_overflow) {
    refuse(431);
  } else if (failure == http::error::body_limit) {
    refuse(413);
  } else if (failure.category() == error(http::error::bad_method).category() &&
             failure != http::error::partial_message) {
    refuse(400);
  }
  // Anything else is the connection's end: reset, cut in mid-request, timed out (Beast has closed it), drained.
}

std::optional<http_response> http_session::judge() const {
  const auto& request = parser_->get();
  const bool is_read = request.method() == http::verb::get || request.method() == http::verb::head;
  if (!is_read && !is_post()) return plain(405);
  if (has_unknown_coding(request)) return plain(501);
  const auto expected = request.find(http::field::expect);
  if (expected != request.end() && !beast::iequals(expected->value(), "100-continue")) return plain(417);
  const request_target target = split(target_of(request));
  if (target.path.empty()) return plain(400);
  const auto hosts = request.equal_range(http::field::host);
  const auto count = std::distance(hosts.first, hosts.second);
  if (count > 1 || (count == 0 && request.version() >= 11)) return plain(400);
  // Of both, the target's counts (RFC 9112, 3.2.2).
  if (count == 1 || !target.authority.empty()) {
    const auto field = count == 1 ? hosts.first->value() : beast::string_view();
    const std::string_view host =
        target.authority.empty() ? std::string_view(field.data(), field.size()) : target.authority;
    if (!is_host_allowed(host, shared_->bound)) return plain(421);
  }
  return std::nullopt;
}

bool http_session::is_post() const {
  return parser_->get().method() == http::verb::post && takes_post_here();
}

bool http_session::takes_post_here() const {
  if (!shared_->takes_post || !parser_) return false;
  const std::string_view target = split(target_of(parser_->get())).path;
  return shared_->takes_post(target.substr(0, target.find('?')));
}

std::optional<http_response> http_session::judge_body() const {
  const http_limits& limits = shared_->limits;
  const std::uint64_t length = parser_->content_length() ? *parser_->content_length() : 0;
  if (!is_post()) return length > limits.body_bytes_max ? std::optional(plain(413)) : std::nullopt;
  // Every browser names the page's origin with a POST, and no page has any business here.
  if (parser_->get().count(http::field::origin) > 0) return plain(403);
  if (length > limits.post_bytes_max) return plain(413);
  if (shared_->posts >= limits.posts_max || shared_->is_stopping) return plain(503);
  return std::nullopt;
}

void http_session::end_post() {
  if (std::exchange(is_posting_, false)) --shared_->posts;
}

void http_session::on_request() {
  has_asked_ = true;
  http_response answer = ask_handler();
  parser_->get().body() = {};  // it may be large, and the connection may stay
  end_post();
  hold_end_ = std::chrono::steady_clock::now() + shared_->limits.hold_timeout;
  hold(std::move(answer), !parser_->get().keep_alive());
}

// An answer that promises something waits until it is true.
void http_session::hold(http_response answer, bool closes) {
  phase_ = phase::replying;
  const http_release now = answer.release ? answer.release() : http_release::goes;
  if (now == http_release::goes) return reply(std::move(answer), closes);
  if (now == http_release::fails || std::chrono::steady_clock::now() >= hold_end_) return reply(plain(503), closes);
  hold_timer_.expires_after(shared_->limits.hold_interval);
  hold_timer_.async_wait([self = shared_from_this(), held = std::move(answer), closes](error cancelled) mutable {
    if (!cancelled) self->hold(std::move(held), closes);
  });
}

http_response http_session::ask_handler() const {
  const auto& request = parser_->get();
  const std::string_view target = split(target_of(request)).path;
  const auto mark = target.find('?');
  http_request asked;
  const auto field = [&request](http::field name) {
    const auto found = request.find(name);
    return found == request.end() ? std::string_view() : std::string_view(found->value().data(), found->value().size());
  };
  asked.method = is_posting_ ? "POST" : request.method() == http::verb::head ? "HEAD" : "GET";
  if (is_posting_) asked.body = request.body();
  asked.content_type = field(http::field::content_type);
  asked.content_encoding = field(http::field::content_encoding);
  asked.authorization = field(http::field::authorization);
  asked.path = target.substr(0, mark);
  asked.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  if (!shared_->handler) return plain(503);
  try {
    auto answer = shared_->handler(asked);
    return answer ? std::move(*answer) : plain(404);
  } catch (const std::exception& failure) {
    log_event(log_level::error, "http_handler_failed", {{"path", asked.path}, {"reason", failure.what()}});
    return plain(500);
  }
}

void http_session::refuse(unsigned status) {
  stream_.expires_after(shared_->limits.request_timeout);
  reply(plain(status), true);
}

void http_session::reply(http_response answer, bool closes) {
  phase_ = phase::replying;
  const bool is_head = parser_ && parser_->get().method() == http::verb::head;
  is_event_stream_ = answer.is_event_stream && answer.status == 200 && !is_head;
  response_.emplace(static_cast<http::status>(answer.status), parser_ ? parser_->get().version() : 11u);
  auto& response = *response_;
  response.keep_alive(!closes && !answer.is_event_stream);
  response.set(http::field::content_type, answer.is_event_stream ? "text/event-stream" : answer.content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Content-Security-Policy", answer.content_security_policy);
  response.set("Referrer-Policy", "no-referrer");
  if (answer.status == 405) response.set(http::field::allow, takes_post_here() ? "POST" : "GET, HEAD");
  if (answer.status == 401) response.set(http::field::www_authenticate, "Bearer");
  if (answer.status == 503 || answer.status == 429) response.set(http::field::retry_after, retry_after_s);
  if (is_event_stream_) {
    if (!answer.body.empty()) events_.push_back(std::make_shared<const std::string>(std::move(answer.body)));
  } else if (!answer.is_event_stream) {
    response.body() = std::move(answer.body);
    response.prepare_payload();
    if (answer.status == 204) response.erase(http::field::content_length);
  }
  serializer_.emplace(response);
  stream_.expires_after(shared_->limits.request_timeout);
  const bool ends = closes || answer.is_event_stream;
  auto done = [self = shared_from_this(), ends](error failure, std::size_t) { self->on_written(failure, ends); };
  if (is_head || is_event_stream_) {
    http::async_write_header(stream_, *serializer_, std::move(done));
  } else {
    http::async_write(stream_, *serializer_, std::move(done));
  }
}

void http_session::on_written(error failure, bool closes) {
  if (failure) return;
  if (is_event_stream_) {
    begin_stream();
  } else if (closes || shared_->is_stopping) {
    linger();
  } else {
    wait_for_request();
  }
}

void http_session::begin_stream() {
  phase_ = phase::streaming;
  if (shared_->is_stopping) {
    linger();
    return;
  }
  stream_.expires_never();
  watch_for_close();
  write_event();
}

// A client that goes away is noticed here, even when there is nothing to send to it.
void http_session::watch_for_close() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(read_bytes), [self = shared_from_this()](error failure, std::size_t) {
    if (failure) {
      self->stream_.close();
    } else {
      self->watch_for_close();
    }
  });
}

void http_session::push_event(const std::shared_ptr<const std::string>& event) {
  if (!is_event_stream_ || phase_ == phase::lingering) return;
  events_.push_back(event);
  if (events_.size() > shared_->limits.events_queued_max + (is_writing_event_ ? 1u : 0u)) {
    events_.erase(events_.begin() + (is_writing_event_ ? 1 : 0));  // what is in flight must arrive whole
    shared_->events_dropped.fetch_add(1, std::memory_order_relaxed);
  }
  if (phase_ == phase::streaming && !is_writing_event_) write_event();
}

void http_session::write_event() {
  if (events_.empty() || !stream_.socket().is_open()) return;
  is_writing_event_ = true;
  stream_.expires_after(shared_->limits.request_timeout);
  asio::async_write(stream_, asio::buffer(*events_.front()), [self = shared_from_this()](error failure, std::size_t) {
    self->is_writing_event_ = false;
    if (failure) {
      self->stream_.close();
      return;
    }
    self->events_.pop_front();
    if (self->shared_->is_stopping) {
      self->stream_.close();
    } else {
      self->write_event();
    }
  });
}

void http_session::drain() {
  const bool is_in_mid_write = phase_ == phase::replying || (phase_ == phase::streaming && is_writing_event_);
  if (!is_in_mid_write) stream_.close();
}

// Closing with unread input would reset the connection and destroy the answer on its way: say that we are done, then
// read until the client is.
void http_session::linger() {
  phase_ = phase::lingering;
  if (shared_->is_stopping) {
    stream_.close();
    return;
  }
  stream_.expires_after(shared_->limits.linger_timeout);
  if (!stream_.is_encrypted()) return shut_down();
  stream_.async_shutdown([self = shared_from_this()](error) { self->shut_down(); });
}

void http_session::shut_down() {
  error ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  discard_input();
}

void http_session::discard_input() {
  buffer_.clear();
  stream_.tcp().async_read_some(buffer_.prepare(read_bytes),
                                [self = shared_from_this()](error failure, std::size_t count) {
                                  self->discarded_bytes_ += count;
                                  if (!failure && self->discarded_bytes_ < discarded_bytes_max) self->discard_input();
                                });
}

}  // namespace spindrift
