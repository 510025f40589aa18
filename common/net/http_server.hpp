// A small HTTP/1.1 server: /metrics and health of the daemon, the web page and the live events of the visualizer.
//
// Plain text only, GET and HEAD only. It lives on one io_context that one thread runs: all but publish() and
// events_dropped() must be called on that thread (or while nothing runs it), and the handler is called there, so it
// must answer at once. The io_context must outlive the server. No sockets in this header: Asio and Beast stay in the
// .cpp files. What each client can cost is bounded by http_limits; beyond them it gets a status (413, 431, 503) or is
// cut.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/endpoint.hpp"

namespace boost::asio {
class io_context;
}

namespace spindrift {

struct http_limits {
  std::size_t header_bytes_max = 8 * 1'024;  // more: 431
  std::size_t body_bytes_max = 64 * 1'024;   // of a request; read and ignored; more: 413
  std::size_t connections_max = 64;          // event streams included; more: 503
  std::size_t refusals_max = 16;             // connections that are just being told 503; more: cut without a word
  std::size_t events_queued_max = 16;        // per event stream; more: the oldest is dropped and counted
  std::chrono::milliseconds request_timeout{10'000};  // from its first byte to its last, and for each write
  std::chrono::milliseconds idle_timeout{30'000};     // between two requests of a connection
  std::chrono::milliseconds linger_timeout{2'000};    // for the client to close after a refusal, so that it can read it
};

// Views into the request; valid during the handler's call. The path is as sent, percent signs and all.
struct http_request {
  std::string_view method;  // "GET" or "HEAD"; the body of the answer to a HEAD is left away by the server
  std::string_view path;    // begins with '/'
  std::string_view query;   // what follows the '?', if anything
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string content_security_policy = "default-src 'none'; frame-ancestors 'none'";
  // A stream of Server-Sent Events: stays open and receives what publish() sends, `body` first. content_type is
  // ignored.
  bool is_event_stream = false;
};

// Nothing: 404.
using http_handler = std::function<std::optional<http_response>(const http_request&)>;

class http_server {
public:
  http_server(boost::asio::io_context& io, endpoint where, http_handler handler, http_limits limits = {});
  ~http_server();  // like stop(); the handler is not called again
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Binds and listens. Returns the reason ("127.0.0.1:80: Permission denied") when that fails, else nothing.
  std::optional<std::string> start();
  // Where it listens; the port that was picked when port 0 was asked for.
  endpoint address() const;

  // Sends whole events ("data: ...\n\n") to every open event stream. Any thread; copied. A slow one loses the oldest.
  void publish(std::string_view event_bytes);
  // How many events slow clients lost.
  std::uint64_t events_dropped() const;

  // Stops listening and ends the connections: idle ones and event streams at once, the others after the answer that is
  // being written. Nothing of the server keeps the io_context running after that.
  void stop();

private:
  class listener;
  std::shared_ptr<listener> listener_;
};

}  // namespace spindrift
