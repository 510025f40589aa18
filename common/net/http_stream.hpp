// The byte stream of one HTTP connection: TCP whose operations have a deadline, inside of TLS where there is a context.
//
// An asynchronous stream as Beast wants it. Belongs to http_session, used on its thread; the context is shared and kept
// alive. Header only, since its operations take handlers of any type.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

namespace spindrift {

class http_stream {
public:
  using executor_type = boost::beast::tcp_stream::executor_type;

  // `context`: null for plain text.
  http_stream(boost::asio::ip::tcp::socket&& socket, std::shared_ptr<boost::asio::ssl::context> context)
      : context_(std::move(context)), tcp_(std::move(socket)) {
    if (context_) tls_.emplace(tcp_, *context_);
  }

  executor_type get_executor() { return tcp_.get_executor(); }
  boost::asio::ip::tcp::socket& socket() { return tcp_.socket(); }
  // What is below TLS, for what comes once that has ended.
  boost::beast::tcp_stream& tcp() { return tcp_; }
  void expires_after(std::chrono::milliseconds time) { tcp_.expires_after(time); }
  void expires_never() { tcp_.expires_never(); }
  void close() { tcp_.close(); }

  bool is_encrypted() const { return tls_.has_value(); }
  // Of an encrypted one: before its first byte, and after its last.
  template <class Handler>
  void async_handshake(Handler&& done) {
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Handler>(done));
  }
  template <class Handler>
  void async_shutdown(Handler&& done) {
    tls_->async_shutdown(std::forward<Handler>(done));
  }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& into, Handler&& done) {
    if (tls_) return tls_->async_read_some(into, std::forward<Handler>(done));
    return tcp_.async_read_some(into, std::forward<Handler>(done));
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& from, Handler&& done) {
    if (tls_) return tls_->async_write_some(from, std::forward<Handler>(done));
    return tcp_.async_write_some(from, std::forward<Handler>(done));
  }

private:
  std::shared_ptr<boost::asio::ssl::context> context_;
  boost::beast::tcp_stream tcp_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace spindrift
