// The byte stream of one connection, plain or TLS: bytes `connection` needs of a socket and no more.
//
// Made and used on its shard's thread. Handlers are called from the io_context, never from within the call that starts
// the operation; at most one read and one write may be under way. The buffers belong to the caller until the handler.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
// Of TCP or of a Unix socket.
using stream_socket = asio::generic::stream_protocol::socket;
using socket_error = boost::system::error_code;

class transport {
public:
  using done = std::function<void(socket_error, std::size_t)>;
  virtual ~transport() = default;

  // Whether async_open() waits for the client.
  virtual bool shakes_hands() const { return false; }
  // Whatever must pass before the first byte of ours: nothing, or the TLS handshake.
  virtual void async_open(std::function<void(socket_error)> opened) = 0;
  virtual void async_read(std::span<char> into, done read) = 0;
  // Writes some of it, at least one byte.
  virtual void async_write(const std::vector<asio::const_buffer>& bytes, done wrote) = 0;
  // What can be written at once without waiting; 0 when nothing can, or when this kind of stream cannot say.
  virtual std::size_t write_now(std::string_view bytes, socket_error& failed) = 0;
  // No more bytes from us; the peer sees the end after all that was written. `sent` is called once that is said.
  virtual void async_shut_down(std::function<void()> sent) = 0;
  virtual void close() = 0;
  virtual stream_socket& socket() = 0;
  // Who the client is, where somebody in between has said so; known once it is open. Empty: whoever the socket says.
  virtual std::string named_peer() const { return {}; }
};

std::unique_ptr<transport> make_plain_transport(stream_socket socket);

}  // namespace spindrift
