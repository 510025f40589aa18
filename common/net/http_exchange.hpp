// What an HTTP server is asked and answers, and what it allows. Plain data and a handler; no sockets.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace boost::asio::ssl {
class context;
}

namespace spindrift {

struct http_limits {
  std::size_t header_bytes_max = 8 * 1'024;  // more: 431
  std::size_t body_bytes_max = 64 * 1'024;   // of a GET or HEAD; read and ignored; more: 413
  // Of a POST, where those are taken; more: 413. Each under way may hold as much, so one too many is told 503.
  std::size_t post_bytes_max = std::size_t{16} * 1'024 * 1'024;
  std::size_t posts_max = 8;
  // A page of this very server may post: whose Origin is that of the Host it asked. Any other Origin: 403.
  bool takes_own_origin = false;
  // A further name it is asked by, where a proxy stands in front of a loopback address: "watch.example", with a port
  // where that is part of the Host. Empty: none.
  std::string public_host{};
  // Event streams included. One more: the connection that has waited the longest with half a request, or with none,
  // makes room, strangers before those that have sent a whole one; where none does, 503.
  std::size_t connections_max = 64;
  std::size_t refusals_max = 16;       // connections that are just being told 503; more: cut without a word
  std::size_t events_queued_max = 16;  // per event stream; more: the oldest is dropped and counted
  std::chrono::milliseconds comment_interval{15'000};  // proxies cut what is silent for a minute
  std::chrono::milliseconds header_timeout{3'000};    // for the first request of a connection, to the end of its header
  std::chrono::milliseconds request_timeout{10'000};  // from its first byte to its last, and for each write
  std::chrono::milliseconds hold_interval{5};         // between two looks at whether a held answer may go
  std::chrono::milliseconds hold_timeout{10'000};     // for a held answer; then 503 in its place
  std::chrono::milliseconds idle_timeout{30'000};     // between two requests of a connection
  std::chrono::milliseconds linger_timeout{2'000};    // for the client to close after a refusal, so that it can read it
};

// Views into the request; valid during the handler's call. The path is as sent, percent signs and all.
struct http_request {
  std::string_view method;  // "GET", "HEAD" or "POST"; the server leaves the body of the answer to a HEAD away
  std::string_view path;    // begins with '/'
  std::string_view query;   // what follows the '?', if anything
  std::string_view body{};  // of a POST, without its chunks; the rest as the fields of the header say, or empty
  std::string_view content_type{};
  std::string_view content_encoding{};
  std::string_view authorization{};
  std::string_view cookie{};
  std::string_view last_event_id{};  // what a client of an event stream had last, when it comes again
};

// What an event stream sends, where each has events of its own. Owned by its connection and destroyed with it; all on
// the server's thread.
class http_event_source {
public:
  virtual ~http_event_source() = default;
  // Called once, before anything else. `ring`, while the source lives: there is something to take.
  virtual void start(std::function<void()> ring) = 0;
  // The next whole events; empty: none now. Asked for when it rings and when what it gave is written.
  virtual std::string take() = 0;
  // Nothing more will come: the connection is ended.
  virtual bool is_over() const = 0;
};

enum class http_release : std::uint8_t { not_yet, goes, fails };

struct http_response {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string content_security_policy = "default-src 'none'; frame-ancestors 'none'";
  // A stream of Server-Sent Events: stays open and receives what publish() sends, `body` first. content_type is
  // ignored.
  bool is_event_stream = false;
  // Of an event stream: what it sends in place of what publish() does. A comment goes out when nothing else has for
  // http_limits::comment_interval.
  std::shared_ptr<http_event_source> events{};
  // Looked at every few milliseconds until the answer goes, or fails: then the client is told 503. Empty: at once.
  std::function<http_release()> release{};
  // Called when a held answer goes: what it says may be known only then.
  std::function<void(http_response&)> finish{};
  std::string set_cookie{};  // empty: none
  std::string location{};    // of a 303
};

// Nothing: 404.
using http_handler = std::function<std::optional<http_response>(const http_request&)>;
// Whether a POST to this path is for the handler; asked before its body has come. Empty: none is.
using http_post_filter = std::function<bool(std::string_view path)>;

// What a new connection is encrypted with, asked for each; null: nothing.
using http_tls_source = std::function<std::shared_ptr<boost::asio::ssl::context>()>;

}  // namespace spindrift
