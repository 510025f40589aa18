// One HTTP connection: requests in, answers out, in turn; or, once an event stream was asked for, events out.
//
// Keeps itself alive through its pending operations (shared_from_this) and is gone when none is left. Everything runs
// on the one thread of the io_context. Belongs to http_server.cpp and is included by nobody else.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/net/endpoint.hpp"
#include "common/net/http_event_queue.hpp"
#include "common/net/http_exchange.hpp"
#include "common/net/http_request_reader.hpp"
#include "common/net/http_stream.hpp"

namespace spindrift {

class http_session;

// What the sessions of one server share. The handler is empty once the server is gone.
struct http_shared {
  http_handler handler;
  http_post_filter takes_post;
  http_tls_source tls;  // empty: plain text
  http_limits limits;
  endpoint bound;
  bool is_stopping = false;
  std::size_t posts = 0;                       // whose bodies are on their way, or are being looked at
  std::size_t connections = 0;                 // those that count: not the ones that are being refused
  std::unordered_set<http_session*> sessions;  // all that live
  std::uint64_t turns = 0;                     // of waiting, ever begun: tells who has waited the longest
  std::atomic<std::uint64_t> events_dropped = 0;
};

// Cuts the session that has waited the longest for the rest of a request, or for one at all, strangers first. False:
// there is none.
bool make_room(http_shared& shared);

class http_session : public std::enable_shared_from_this<http_session> {
public:
  http_session(boost::asio::ip::tcp::socket&& socket, std::shared_ptr<http_shared> shared);
  ~http_session();

  void start();
  // Instead of start(): says 503 and closes.
  void start_refusal();
  // No effect unless this is an event stream.
  void push_event(const std::shared_ptr<const std::string>& event);
  void drain();
  // Waits for the client: for a request, or the rest of one.
  bool is_waiting() const { return is_counted_ && (phase_ == phase::waiting || phase_ == phase::reading); }
  bool has_asked() const { return has_asked_; }
  std::uint64_t waiting_since() const { return waiting_since_; }
  void cut();

private:
  using error = boost::beast::error_code;
  using after_read = void (http_session::*)(error);
  using after_write = void (http_session::*)(error);
  enum class phase { waiting, reading, replying, streaming, lingering };

  // All that is read and written goes through these two: each other handler would be compiled with all of Asio's
  // machinery once more.
  void read_some(after_read then);
  void write(std::string_view first, std::string_view second, after_write then);

  void begin_waiting() { waiting_since_ = ++shared_->turns; }
  void uncount();
  void wait_for_request();
  void on_first_bytes(error failure);
  void begin_request();
  void read_on();
  void on_more_bytes(error failure);
  void on_header();
  void on_asked_for_body(error failure);
  void on_request();
  std::optional<unsigned> refusal() const;
  std::optional<unsigned> refusal_of_body() const;
  bool takes_post_here() const;
  void end_post();
  http_response ask_handler() const;
  void refuse(unsigned status);
  void hold(http_response answer, bool closes);
  void reply(http_response answer, bool closes);
  void on_replied(error failure);
  void begin_stream();
  void open_events();
  void watch_for_close();
  void on_stream_bytes(error failure);
  void write_event();
  void await_comment();
  void on_event_written(error failure);
  void linger();
  void end_encryption();
  void discard_body();
  void on_discarded(error failure);
  void discard_input();
  void shut_down();

  http_stream stream_;
  boost::asio::steady_timer hold_timer_;
  std::chrono::steady_clock::time_point hold_end_{};
  std::shared_ptr<http_shared> shared_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<http_request_reader> reader_;  // of the newest request
  http_response answer_;                         // what is being written, with
  std::string header_;
  http_event_queue events_;  // of an event stream; its source's ring holds this session weakly
  phase phase_ = phase::waiting;
  bool is_counted_ = false;
  bool is_posting_ = false;  // counted in posts
  bool has_asked_ = false;   // one whole request at least
  std::uint64_t waiting_since_ = 0;
  bool ends_ = false;  // once the answer is written
  bool is_event_stream_ = false;
  std::size_t discarded_bytes_ = 0;
};

}  // namespace spindrift
