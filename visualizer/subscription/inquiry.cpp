// Connects, asks, hands on the replies.
#include "visualizer/subscription/inquiry.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <utility>

#include "common/protocol/encode.hpp"

namespace spindrift {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using socket_error = boost::system::error_code;

// One connection after the other; handlers of an earlier one find its number gone.
class inquiry::link : public std::enable_shared_from_this<link> {
public:
  link(asio::io_context& io, endpoint server, std::string token)
      : io_(io), server_(std::move(server)), token_(std::move(token)), resolver_(io), socket_(io) {}

  void ask(const command& asked, answer done) {
    if (stopped_ || waiting_.size() >= waiting_max) {
      return asio::post(io_, [done = std::move(done)] { done(std::nullopt); });
    }
    encode(command_frame{{}, asked}, unsent_);
    waiting_.push_back(std::move(done));
    if (phase_ == phase::closed) return connect();
    if (phase_ == phase::open) write();
  }

  void stop() {
    stopped_ = true;
    resolver_.cancel();
    fail();
  }

private:
  enum class phase { closed, connecting, open };

  void connect() {
    phase_ = phase::connecting;
    const std::uint64_t mine = ++conversation_;
    resolver_.async_resolve(
        server_.host, std::to_string(server_.port),
        [self = shared_from_this(), mine](socket_error failed, const tcp::resolver::results_type& found) {
          if (mine != self->conversation_) return;
          if (failed) return self->fail();
          self->connect_to(found, mine);
        });
  }

  void connect_to(const tcp::resolver::results_type& found, std::uint64_t mine) {
    asio::async_connect(socket_, found,
                        [self = shared_from_this(), mine](socket_error failed, const tcp::endpoint& /*at*/) {
                          if (mine != self->conversation_) return;
                          if (failed) return self->fail();
                          self->begin();
                        });
  }

  void begin() {
    phase_ = phase::open;
    if (!token_.empty()) {
      std::string hello;
      encode(command_frame{{}, hello_command{{}, token_}}, hello);
      unsent_.insert(0, hello);
      waiting_.push_front([](const std::optional<std::string>& /*welcome*/) {});
    }
    write();
    read();
  }

  void write() {
    if (is_writing_ || unsent_.empty()) return;
    is_writing_ = true;
    sending_ = std::exchange(unsent_, {});
    asio::async_write(socket_, asio::buffer(sending_),
                      [self = shared_from_this(), mine = conversation_](socket_error failed, std::size_t /*bytes*/) {
                        if (mine != self->conversation_) return;
                        self->is_writing_ = false;
                        if (failed) return self->fail();
                        self->write();
                      });
  }

  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(received_, reply_bytes_max), '\n',
                           [self = shared_from_this(), mine = conversation_](socket_error failed, std::size_t bytes) {
                             if (mine != self->conversation_) return;
                             if (failed || self->waiting_.empty()) return self->fail();
                             std::string line = self->received_.substr(0, bytes - 1);
                             self->received_.erase(0, bytes);
                             const answer done = std::move(self->waiting_.front());
                             self->waiting_.pop_front();
                             self->read();
                             done(std::move(line));
                           });
  }

  void fail() {
    ++conversation_;
    phase_ = phase::closed;
    is_writing_ = false;
    socket_error ignored;
    socket_.close(ignored);
    received_.clear();
    unsent_.clear();
    const auto failed = std::exchange(waiting_, {});
    for (const answer& done : failed) done(std::nullopt);
  }

  asio::io_context& io_;
  endpoint server_;
  std::string token_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  std::string unsent_;
  std::string sending_;
  std::string received_;
  std::deque<answer> waiting_;
  std::uint64_t conversation_ = 0;
  phase phase_ = phase::closed;
  bool is_writing_ = false;
  bool stopped_ = false;
};

inquiry::inquiry(asio::io_context& io, endpoint server, std::string token)
    : link_(std::make_shared<link>(io, std::move(server), std::move(token))) {}

inquiry::~inquiry() {
  stop();
}

void inquiry::ask(const command& asked, answer done) {
  link_->ask(asked, std::move(done));
}

void inquiry::stop() {
  link_->stop();
}

}  // namespace spindrift
