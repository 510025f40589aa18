// One HTTP connection: reads requests, has them answered, sends answers and events.
#include "common/net/http_session.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <exception>
#include <utility>

#include "common/log/log.hpp"
#include "common/net/http_response_text.hpp"

namespace spindrift {
namespace {

namespace asio = boost::asio;

// A refused upload is read this far, so that the answer is not lost in a reset; then the connection is cut.
constexpr std::size_t discarded_bytes_max = std::size_t{64} * 1'024 * 1'024;
constexpr std::size_t read_bytes = 4'096;

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
  if (!stream_.is_encrypted()) return begin_request();
  phase_ = phase::reading;
  stream_.async_handshake([self = shared_from_this()](error failure) {
    if (!failure) self->begin_request();
  });
}

// A handshake is too much for one that is refused.
void http_session::start_refusal() {
  if (stream_.is_encrypted()) return stream_.close();
  refuse(503);
}

void http_session::read_some(after_read then) {
  const std::size_t room = buffer_.max_size() - buffer_.size();
  stream_.async_read_some(buffer_.prepare(std::min(read_bytes, room)),
                          [self = shared_from_this(), then](error failure, std::size_t count) {
                            self->buffer_.commit(count);
                            ((*self).*then)(failure);
                          });
}

void http_session::write(std::string_view first, std::string_view second, after_write then) {
  const std::array<asio::const_buffer, 2> bytes = {asio::buffer(first), asio::buffer(second)};
  asio::async_write(stream_, bytes,
                    [self = shared_from_this(), then](error failure, std::size_t) { ((*self).*then)(failure); });
}

void http_session::wait_for_request() {
  phase_ = phase::waiting;
  begin_waiting();
  if (shared_->is_stopping) {
    linger();
    return;
  }
  if (buffer_.size() > 0) return on_first_bytes({});  // the next request came along with the last one
  stream_.expires_after(shared_->limits.idle_timeout);
  read_some(&http_session::on_first_bytes);
}

void http_session::on_first_bytes(error failure) {
  if (failure) return;  // closed, or idle for too long
  stream_.expires_after(shared_->limits.request_timeout);
  begin_request();
}

void http_session::begin_request() {
  phase_ = phase::reading;
  const http_limits& limits = shared_->limits;
  // The header does not say yet whose limit counts; on_header() does.
  reader_ = std::make_unique<http_request_reader>(
      limits.header_bytes_max, std::max(limits.body_bytes_max, shared_->takes_post ? limits.post_bytes_max : 0));
  read_on();
}

// What is there already, to the end of the header or of the request; then what comes.
void http_session::read_on() {
  using state = http_request_reader::state;
  for (bool goes_on = true; goes_on;) {
    const auto bytes = buffer_.data();
    const std::size_t taken = reader_->put({static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.consume(taken);
    switch (reader_->where()) {
      case state::failed:
        return refuse(reader_->fault());
      case state::has_header:
        return on_header();
      case state::is_whole:
        return on_request();
      case state::in_header:
      case state::in_body:
        goes_on = taken > 0 && buffer_.size() > 0;
    }
  }
  if (buffer_.size() == buffer_.max_size()) return refuse(431);
  read_some(&http_session::on_more_bytes);
}

void http_session::on_more_bytes(error failure) {
  if (!failure) return read_on();
  if (failure == asio::error::eof && !reader_->has_begun()) linger();
  // Anything else is the connection's end: reset, cut in mid-request, timed out (Beast has closed it), drained.
}

// Judged before the body arrives: whoever sends one with a POST need not wait for the answer.
void http_session::on_header() {
  stream_.expires_after(shared_->limits.request_timeout);
  auto status = refusal();
  if (!status) status = refusal_of_body();
  if (status) return reply(plain_response(*status), true);
  if (reader_->is_post()) {
    is_posting_ = true;
    ++shared_->posts;
  } else {
    reader_->limit_body(shared_->limits.body_bytes_max);
  }
  // Whoever expects it sends its body only now.
  if (reader_->expects_go_on() && !reader_->is_complete()) {
    write("HTTP/1.1 100 Continue\r\n\r\n", {}, &http_session::on_asked_for_body);
  } else {
    read_on();
  }
}

void http_session::on_asked_for_body(error failure) {
  if (!failure) read_on();
}

std::optional<unsigned> http_session::refusal() const {
  return reader_->refusal(shared_->bound, takes_post_here(), shared_->limits.public_host);
}

bool http_session::takes_post_here() const {
  return shared_->takes_post && reader_ && shared_->takes_post(reader_->path());
}

std::optional<unsigned> http_session::refusal_of_body() const {
  const http_limits& limits = shared_->limits;
  const std::uint64_t length = reader_->content_length();
  if (!reader_->is_post()) return length > limits.body_bytes_max ? std::optional(413U) : std::nullopt;
  // No page of another server has any business here.
  if (reader_->has_origin() && !(limits.takes_own_origin && reader_->has_own_origin())) return 403;
  if (length > limits.post_bytes_max) return 413;
  if (shared_->posts >= limits.posts_max || shared_->is_stopping) return 503;
  return std::nullopt;
}

void http_session::end_post() {
  if (std::exchange(is_posting_, false)) --shared_->posts;
}

void http_session::on_request() {
  has_asked_ = true;
  http_response answer = ask_handler();
  reader_->drop_body();  // it may be large, and the connection may stay
  end_post();
  hold_end_ = std::chrono::steady_clock::now() + shared_->limits.hold_timeout;
  hold(std::move(answer), !reader_->keeps_alive());
}

// An answer that promises something waits until it is true.
void http_session::hold(http_response answer, bool closes) {
  phase_ = phase::replying;
  const http_release now = answer.release ? answer.release() : http_release::goes;
  if (now == http_release::goes) {
    if (answer.finish) answer.finish(answer);
    return reply(std::move(answer), closes);
  }
  if (now == http_release::fails || std::chrono::steady_clock::now() >= hold_end_)
    return reply(plain_response(503), closes);
  hold_timer_.expires_after(shared_->limits.hold_interval);
  hold_timer_.async_wait([self = shared_from_this(), held = std::move(answer), closes](error cancelled) mutable {
    if (!cancelled) self->hold(std::move(held), closes);
  });
}

http_response http_session::ask_handler() const {
  if (!shared_->handler) return plain_response(503);
  const http_request asked = reader_->request();
  try {
    auto answer = shared_->handler(asked);
    return answer ? std::move(*answer) : plain_response(404);
  } catch (const std::exception& failure) {
    log_event(log_level::error, "http_handler_failed", {{"path", asked.path}, {"reason", failure.what()}});
    return plain_response(500);
  }
}

void http_session::refuse(unsigned status) {
  stream_.expires_after(shared_->limits.request_timeout);
  reply(plain_response(status), true);
}

void http_session::reply(http_response answer, bool closes) {
  phase_ = phase::replying;
  answer_ = std::move(answer);
  const bool is_head = reader_ && reader_->is_head();
  is_event_stream_ = answer_.is_event_stream && answer_.status == 200 && !is_head;
  ends_ = closes || answer_.is_event_stream;
  http_circumstance circumstance;
  circumstance.version = reader_ ? reader_->version() : 11U;
  circumstance.closes = closes;
  if (takes_post_here()) circumstance.allowed_methods = "POST";
  header_ = http_header_text(answer_, circumstance);
  if (is_event_stream_) open_events();
  if (is_head || answer_.is_event_stream) answer_.body.clear();
  stream_.expires_after(shared_->limits.request_timeout);
  write(header_, answer_.body, &http_session::on_replied);
}

void http_session::on_replied(error failure) {
  if (failure) return;
  answer_ = {};  // it may be large, and the connection may stay
  if (is_event_stream_) {
    begin_stream();
  } else if (ends_ || shared_->is_stopping) {
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
  if (events_.has_source()) await_comment();
  write_event();
}

void http_session::open_events() {
  events_.open(std::move(answer_.body), std::move(answer_.events));
  if (shared_->is_stopping) return;
  events_.start([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->phase_ == phase::streaming) self->write_event();
  });
}

// Also how a client that is gone without a word is noticed.
void http_session::await_comment() {
  hold_timer_.expires_after(shared_->limits.comment_interval);
  hold_timer_.async_wait([weak = weak_from_this()](error cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || !self->stream_.socket().is_open()) return;
    if (self->events_.is_over()) return self->stream_.close();
    self->events_.push_comment();
    self->write_event();
    self->await_comment();
  });
}

// A client that goes away is noticed here, even when there is nothing to send to it.
void http_session::watch_for_close() {
  buffer_.clear();
  read_some(&http_session::on_stream_bytes);
}

void http_session::on_stream_bytes(error failure) {
  if (failure) {
    stream_.close();
  } else {
    watch_for_close();
  }
}

void http_session::push_event(const std::shared_ptr<const std::string>& event) {
  if (!is_event_stream_ || phase_ == phase::lingering) return;
  if (events_.push(event, shared_->limits.events_queued_max)) {
    shared_->events_dropped.fetch_add(1, std::memory_order_relaxed);
  }
  if (phase_ == phase::streaming) write_event();
}

void http_session::write_event() {
  if (!stream_.socket().is_open()) return;
  switch (events_.next()) {
    case http_event_queue::action::nothing:
      return;
    case http_event_queue::action::end:
      return stream_.close();
    case http_event_queue::action::write:
      stream_.expires_after(shared_->limits.request_timeout);
      return write(events_.front(), {}, &http_session::on_event_written);
  }
}

void http_session::on_event_written(error failure) {
  if (failure || shared_->is_stopping) return stream_.close();
  events_.written();
  write_event();
}

void http_session::drain() {
  const bool is_in_mid_write = phase_ == phase::replying || (phase_ == phase::streaming && events_.is_writing());
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
  // Told that TLS has ended, some clients give up in the middle of their body and never look at the answer.
  if (reader_ && !reader_->is_complete()) return discard_body();
  end_encryption();
}

void http_session::end_encryption() {
  stream_.async_shutdown([self = shared_from_this()](error) { self->shut_down(); });
}

void http_session::discard_body() {
  buffer_.clear();
  read_some(&http_session::on_discarded);
}

void http_session::on_discarded(error failure) {
  discarded_bytes_ += buffer_.size();
  if (failure || discarded_bytes_ >= discarded_bytes_max) return;
  if (discarded_bytes_ >= reader_->content_length()) return end_encryption();
  discard_body();
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
