// A small HTTP/1.1 server: /metrics and health of the daemon, the web page and the live events of the visualizer.
//
// Plain text only; GET and HEAD, and POST to the paths that the owner names. A page of a browser posts nothing here:
// what has an Origin is told 403. It lives on one io_context that one thread runs: all but publish() and
// events_dropped() must be called on that thread (or while nothing runs it), and the handler is called there, so it
// must answer at once. The io_context must outlive the server. No sockets in this header: Asio and Beast stay in the
// .cpp files. What each client can cost is bounded by http_limits; beyond them it gets a status (413, 431, 503) or is
// cut.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/net/endpoint.hpp"
#include "common/net/http_exchange.hpp"

namespace boost::asio {
class io_context;
}

namespace spindrift {

class http_server {
public:
  http_server(boost::asio::io_context& io, endpoint where, http_handler handler, http_limits limits = {},
              http_post_filter takes_post = {});
  ~http_server();  // like stop(); the handler is not called again
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  // Before start(): all connections speak TLS.
  void use_tls(http_tls_source tls);

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
