// Reads a proxy's header off a socket, byte for byte, and hands the rest on.
#include "server/net/proxied_transport.hpp"

#include <string>
#include <utility>

#include "common/log/log.hpp"
#include "common/protocol/encode.hpp"
#include "common/protocol/error.hpp"
#include "server/net/proxy_header.hpp"
#include "server/net/socket_option.hpp"

namespace spindrift {
namespace {

class proxied_transport final : public transport {
public:
  proxied_transport(stream_socket socket, transport_maker open) : socket_(std::move(socket)), open_(std::move(open)) {
    socket_error ignored;
    socket_.non_blocking(true, ignored);
  }

  bool shakes_hands() const override { return true; }

  void async_open(std::function<void(socket_error)> opened) override {
    opened_ = std::move(opened);
    read_header();
  }
  void async_read(std::span<char> into, done read) override { inner_->async_read(into, std::move(read)); }
  void async_write(const std::vector<asio::const_buffer>& bytes, done wrote) override {
    inner_->async_write(bytes, std::move(wrote));
  }
  std::size_t write_now(std::string_view bytes, socket_error& failed) override {
    return inner_->write_now(bytes, failed);
  }
  void async_shut_down(std::function<void()> sent) override { inner_->async_shut_down(std::move(sent)); }
  void close() override {
    socket_error ignored;
    socket().close(ignored);
  }
  stream_socket& socket() override { return inner_ ? inner_->socket() : socket_; }
  std::string named_peer() const override { return client_; }

private:
  void read_header() {
    const proxy_header seen = read_proxy_header(header_);
    switch (seen.is) {
      case proxy_header::kind::partial:
        return read_more(seen.wanted);
      case proxy_header::kind::none:
        return refuse();
      case proxy_header::kind::client:
        client_ = seen.client;
        break;
      case proxy_header::kind::local:
        break;
    }
    inner_ = open_(std::move(socket_));
    inner_->async_open(std::exchange(opened_, nullptr));
  }

  // The connection holds this stream as long as `opened_` is waited for, and is held by it.
  void read_more(std::size_t bytes) {
    const std::size_t before = header_.size();
    header_.resize(before + bytes);
    socket_.async_read_some(asio::buffer(header_.data() + before, bytes),
                            [this, before, opened = opened_](socket_error failed, std::size_t read) {
                              header_.resize(before + read);
                              if (failed) return end(failed);
                              read_header();
                            });
  }

  void refuse() {
    std::string line;
    encode(protocol_error{error_code::bad_frame,
                          "clients come through a proxy here (--proxy-protocol): the connection must begin with a "
                          "header of the PROXY protocol, 1 or 2 (HAProxy: send-proxy-v2, nginx: proxy_protocol on)"},
           0, line);
    socket_error ignored;
    (void)socket_.write_some(asio::buffer(line), ignored);
    socket_.shutdown(stream_socket::shutdown_send, ignored);
    log_event(log_level::info, "no_proxy_header", {{"peer", peer_of(socket_)}});
    discard();
  }

  // Until the client has closed, or the connection's time for this is over: closing first would destroy the line.
  void discard() {
    header_.resize(4'096);
    socket_.async_read_some(asio::buffer(header_), [this, opened = opened_](socket_error failed, std::size_t) {
      if (failed) return end(asio::error::invalid_argument);
      discard();
    });
  }

  void end(socket_error failed) { std::exchange(opened_, nullptr)(failed); }

  stream_socket socket_;
  transport_maker open_;
  std::function<void(socket_error)> opened_;
  std::string header_;
  std::string client_;
  std::unique_ptr<transport> inner_;
};

}  // namespace

std::unique_ptr<transport> make_proxied_transport(stream_socket socket, transport_maker open) {
  return std::make_unique<proxied_transport>(std::move(socket), std::move(open));
}

}  // namespace spindrift
