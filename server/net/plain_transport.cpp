// The byte stream of a plain connection, by TCP or a Unix socket.
#include <boost/asio/post.hpp>
#include <utility>

#include "server/net/transport.hpp"

namespace spindrift {
namespace {

class plain_transport final : public transport {
public:
  explicit plain_transport(stream_socket socket) : socket_(std::move(socket)) {
    socket_error ignored;
    socket_.non_blocking(true, ignored);
  }

  void async_open(std::function<void(socket_error)> opened) override {
    asio::post(socket_.get_executor(), [opened = std::move(opened)] { opened({}); });
  }
  void async_read(std::span<char> into, done read) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()), std::move(read));
  }
  void async_write(const std::vector<asio::const_buffer>& bytes, done wrote) override {
    socket_.async_write_some(bytes, std::move(wrote));
  }
  std::size_t write_now(std::string_view bytes, socket_error& failed) override {
    const std::size_t written = socket_.write_some(asio::buffer(bytes.data(), bytes.size()), failed);
    if (failed == asio::error::would_block || failed == asio::error::try_again) failed = {};
    return written;
  }
  void async_shut_down(std::function<void()> sent) override {
    socket_error ignored;
    socket_.shutdown(stream_socket::shutdown_send, ignored);
    asio::post(socket_.get_executor(), std::move(sent));
  }
  void close() override {
    socket_error ignored;
    socket_.close(ignored);
  }
  stream_socket& socket() override { return socket_; }

private:
  stream_socket socket_;
};

}  // namespace

std::unique_ptr<transport> make_plain_transport(stream_socket socket) {
  return std::make_unique<plain_transport>(std::move(socket));
}

}  // namespace spindrift
