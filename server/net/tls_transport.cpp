// The byte stream of a TLS connection.
#include <utility>

#include "server/net/tls_transport.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

namespace spindrift {
namespace {

class tls_transport final : public transport {
public:
  tls_transport(stream_socket socket, std::shared_ptr<asio::ssl::context> context)
      : context_(std::move(context)), stream_(std::move(socket), *context_) {}

  bool shakes_hands() const override { return true; }
  void async_open(std::function<void(socket_error)> opened) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(opened));
  }
  void async_read(std::span<char> into, done read) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    if (is_shut_down_) return stream_.next_layer().async_read_some(buffer, std::move(read));
    stream_.async_read_some(buffer, [read = std::move(read)](socket_error failed, std::size_t bytes) {
      // A client that closes without TLS's own goodbye has ended all the same; frames mark their own ends.
      if (failed == asio::ssl::error::stream_truncated) failed = asio::error::eof;
      read(failed, bytes);
    });
  }
  void async_write(const std::vector<asio::const_buffer>& bytes, done wrote) override {
    stream_.async_write_some(bytes, std::move(wrote));
  }
  std::size_t write_now(std::string_view /*bytes*/, socket_error& /*failed*/) override { return 0; }
  void async_shut_down(std::function<void()> sent) override {
    stream_.async_shutdown([this, sent = std::move(sent)](socket_error /*ignored*/) {
      socket_error failed;
      is_shut_down_ = true;
      stream_.next_layer().shutdown(stream_socket::shutdown_send, failed);
      sent();
    });
  }
  void close() override {
    socket_error ignored;
    stream_.next_layer().close(ignored);
  }
  stream_socket& socket() override { return stream_.next_layer(); }

private:
  std::shared_ptr<asio::ssl::context> context_;
  asio::ssl::stream<stream_socket> stream_;
  bool is_shut_down_ = false;
};

}  // namespace

std::unique_ptr<transport> make_tls_transport(stream_socket socket, std::shared_ptr<asio::ssl::context> context) {
  return std::make_unique<tls_transport>(std::move(socket), std::move(context));
}

}  // namespace spindrift
