// What an HTTP server is asked and answers, and what it allows. Plain data and a handler; no sockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

struct http_limits {
  std::size_t header_bytes_max = 8 * 1'024;  // more: 431
  std::size_t body_bytes_max = 64 * 1'024;   // of a request; read and ignored; more: 413
  // Event streams included. One more: the connection that has waited the longest with half a request, or with none,
  // makes room, strangers before those that have sent a whole one; where none does, 503.
  std::size_t connections_max = 64;
  std::size_t refusals_max = 16;       // connections that are just being told 503; more: cut without a word
  std::size_t events_queued_max = 16;  // per event stream; more: the oldest is dropped and counted
  std::chrono::milliseconds header_timeout{3'000};    // for the first request of a connection, to the end of its header
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

}  // namespace spindrift
