// The conversation with the server: resolve, connect, subscribe, read; after an end again, with growing pauses.
#include "visualizer/subscription/subscription.hpp"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <random>
#include <utility>
#include <variant>

#include "common/protocol/encode.hpp"
#include "common/protocol/inbox.hpp"

namespace spindrift {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using socket_error = boost::system::error_code;

// One conversation after the other. Handlers of an earlier conversation find that its number is no longer current.
class subscription::link : public std::enable_shared_from_this<link> {
public:
  link(asio::io_context& io, endpoint server, subscribe_command wanted, std::string token, subscription_events events)
      : server_(std::move(server)),
        wanted_(std::move(wanted)),
        token_(std::move(token)),
        events_(std::move(events)),
        resolver_(io),
        socket_(io),
        timer_(io) {}

  void connect() {
    if (stopped_) return;
    inbox_ = inbox();
    ending_.clear();
    resolver_.async_resolve(server_.host, std::to_string(server_.port),
                            [self = shared_from_this()](socket_error failed, const tcp::resolver::results_type& found) {
                              if (failed) return self->lost(failed.message());
                              self->connect_to(found);
                            });
  }

  void want(subscribe_command wanted) {
    wanted_ = std::move(wanted);
    if (!is_open_) return;
    if (is_writing_) {
      is_outdated_ = true;
      return;
    }
    request_.clear();
    write();
  }

  void stop() {
    stopped_ = true;
    is_open_ = false;
    socket_error ignored;
    resolver_.cancel();
    timer_.cancel();
    socket_.close(ignored);
  }

private:
  static constexpr std::chrono::milliseconds pause_first{100};
  static constexpr std::chrono::milliseconds pause_max{3'000};

  void connect_to(const tcp::resolver::results_type& found) {
    if (stopped_) return;
    asio::async_connect(socket_, found, [self = shared_from_this()](socket_error failed, const tcp::endpoint& /*at*/) {
      if (failed) return self->lost(failed.message());
      self->subscribe();
    });
  }

  void subscribe() {
    request_.clear();
    if (!token_.empty()) encode(command_frame{{}, hello_command{{}, token_}}, request_);
    is_open_ = true;
    has_begun_ = false;
    write();
    read();
  }

  // What fails is told by the read that waits beside it.
  void write() {
    encode(command_frame{{}, wanted_}, request_);
    is_writing_ = true;
    is_outdated_ = false;
    asio::async_write(socket_, asio::buffer(request_),
                      [self = shared_from_this()](socket_error failed, std::size_t /*bytes*/) {
                        self->is_writing_ = false;
                        if (failed || !self->is_open_ || !self->is_outdated_) return;
                        self->request_.clear();
                        self->write();
                      });
  }

  void read() {
    const auto space = inbox_.space();
    socket_.async_read_some(asio::buffer(space.data(), space.size()),
                            [self = shared_from_this()](socket_error failed, std::size_t bytes) {
                              if (failed) return self->lost(failed.message());
                              self->inbox_.received(bytes);
                              self->take_lines();
                              self->read();
                            });
  }

  void take_lines() {
    for (inbox::cut line = inbox_.next(); line.kind != inbox::cut_kind::none; line = inbox_.next()) {
      if (line.kind != inbox::cut_kind::whole) continue;
      take(reader_.read(line.bytes));
    }
  }

  void take(feed_item item) {
    if (const auto* const point = std::get_if<judged_point>(&item)) {
      events_.heard(*point);
    } else if (auto* const told = std::get_if<stream_event>(&item)) {
      events_.told(std::move(*told));
    } else if (const auto* const gap = std::get_if<feed_gap>(&item)) {
      events_.missed(gap->missed);
    } else if (auto* const refusal = std::get_if<feed_refusal>(&item)) {
      ending_ = std::move(refusal->reason);
      // One that keeps the connection is an answer to the subscription: no line will come.
      if (!has_begun_) events_.state_changed("waiting: " + ending_);
    } else if (std::holds_alternative<feed_began>(item)) {
      pause_ = pause_first;
      if (std::exchange(has_begun_, true)) return;  // it is another subscription of the same conversation
      events_.began();
      events_.state_changed("live");
    }
  }

  // The error that the server gave is a better reason than the end of the connection that follows it.
  void lost(const std::string& reason) {
    socket_error ignored;
    socket_.close(ignored);
    is_open_ = false;
    if (stopped_) return;
    events_.state_changed("waiting: " + (ending_.empty() ? reason : ending_));
    // Jittered, so that many visualizers do not knock at a restarted server in step.
    std::uniform_real_distribution<double> share(0.5, 1.0);
    const auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(pause_ * share(random_));
    pause_ = std::min(pause_ * 2, pause_max);
    timer_.expires_after(pause);
    timer_.async_wait([self = shared_from_this()](socket_error cancelled) {
      if (!cancelled) self->connect();
    });
  }

  endpoint server_;
  subscribe_command wanted_;
  std::string token_;
  subscription_events events_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  inbox inbox_;
  feed_reader reader_;
  std::string request_;
  std::string ending_;
  std::chrono::milliseconds pause_{pause_first};
  std::minstd_rand random_{std::random_device{}()};
  bool is_open_ = false;
  bool is_writing_ = false;
  bool is_outdated_ = false;  // something else is wanted than what is being written
  bool has_begun_ = false;
  bool stopped_ = false;
};

subscription::subscription(asio::io_context& io, endpoint server, subscribe_command wanted, std::string token,
                           subscription_events events)
    : link_(std::make_shared<link>(io, std::move(server), std::move(wanted), std::move(token), std::move(events))) {}

subscription::~subscription() {
  stop();
}

void subscription::start() {
  link_->connect();
}

void subscription::want(subscribe_command wanted) {
  link_->want(std::move(wanted));
}

void subscription::stop() {
  link_->stop();
}

}  // namespace spindrift
