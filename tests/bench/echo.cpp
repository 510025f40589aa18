// The yardstick of the benchmarks: a raw echo on Asio. One thread, one io_context; every connection reads what has
// come, up to 256 KiB, and writes the same bytes back; nothing is looked at. It is what a server could do at most that
// shares its network layer with ours, and it sends back only the 70 bytes of a point where a verdict takes some 190.
//
// Prints `listening on 127.0.0.1:PORT`; runs until it is killed.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <utility>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using error = boost::system::error_code;

class echo : public std::enable_shared_from_this<echo> {
public:
  explicit echo(tcp::socket socket) : socket_(std::move(socket)) {
    socket_.set_option(tcp::no_delay(true));
    socket_.non_blocking(true);
  }

  void read() {
    socket_.async_read_some(asio::buffer(bytes_), [self = shared_from_this()](error failed, std::size_t size) {
      if (!failed) self->write(size);
    });
  }

private:
  // What the kernel takes at once needs no second handler; spindriftd's connections do the same.
  void write(std::size_t size) {
    error failed;
    const std::size_t sent = socket_.write_some(asio::buffer(bytes_, size), failed);
    if (failed && failed != asio::error::would_block) return;
    if (!failed && sent == size) return read();
    const std::size_t gone = failed ? 0 : sent;
    asio::async_write(socket_, asio::buffer(bytes_.data() + gone, size - gone),
                      [self = shared_from_this()](error broken, std::size_t /*bytes*/) {
                        if (!broken) self->read();
                      });
  }

  tcp::socket socket_;
  std::array<char, 256 * 1024> bytes_;
};

void accept(tcp::acceptor& from) {
  from.async_accept([&from](error failed, tcp::socket socket) {
    if (!failed) std::make_shared<echo>(std::move(socket))->read();
    accept(from);
  });
}

}  // namespace

int main() {
  asio::io_context context(1);
  tcp::acceptor acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  accept(acceptor);
  std::printf("listening on 127.0.0.1:%d\n", int{acceptor.local_endpoint().port()});
  std::fflush(stdout);
  context.run();
}
