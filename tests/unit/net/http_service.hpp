// What the tests of the HTTP server share: a blocking client, a handler with one page of each kind, and the server on
// an io_context with a thread of its own, port 0 on 127.0.0.1.
//
// Each test ends with stop(), after which run() must return by itself: a server that leaks an operation hangs the test.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <future>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/net/http_server.hpp"

namespace spindrift {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using error = boost::system::error_code;
using std::chrono::milliseconds;

using answer = http::response<http::string_body>;

class client {
public:
  explicit client(const endpoint& where) : socket_(io_) {
    socket_.connect({asio::ip::make_address(where.host), where.port});
  }

  void send(const std::string& bytes) {
    error ignored;  // the server may have cut us off already
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  answer receive(bool is_head = false) {
    http::response_parser<http::string_body> parser;
    parser.skip(is_head);
    error failure;
    http::read(socket_, buffer_, parser, failure);
    if (failure) parser.get().result(http::status::unknown);
    return parser.release();
  }
  answer get(const std::string& target) {
    send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return receive();
  }
  answer receive_header() {
    http::response_parser<http::string_body> parser;
    parser.body_limit(100'000'000);
    http::read_header(socket_, buffer_, parser);
    return parser.release();
  }
  // Up to and with `end`; what came before the connection's end if it never comes.
  std::string receive_until(const std::string& end) {
    std::string bytes = boost::beast::buffers_to_string(buffer_.data());
    buffer_.clear();
    error failure;
    asio::read_until(socket_, asio::dynamic_buffer(bytes), end, failure);
    return bytes;
  }
  // What was read together with a header counts.
  std::string receive_rest() {
    std::string bytes = boost::beast::buffers_to_string(buffer_.data());
    buffer_.clear();
    error failure;
    asio::read(socket_, asio::dynamic_buffer(bytes), failure);
    return bytes;
  }
  void close() { socket_.close(); }
  void finish_sending() { socket_.shutdown(tcp::socket::shutdown_send); }

private:
  asio::io_context io_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

// Two events at once, one when it rings, and the end when it is over.
class counted_events final : public http_event_source {
public:
  explicit counted_events(std::string_view last) : told_{"data: after " + std::string(last) + "\n\n", "data: 2\n\n"} {}
  void start(std::function<void()> ring) override { ring_ = std::move(ring); }
  std::string take() override {
    if (told_.empty()) return {};
    std::string next = told_.front();
    told_.erase(told_.begin());
    return next;
  }
  bool is_over() const override { return told_.empty() && ++looks_ > 1; }

private:
  std::function<void()> ring_;
  std::vector<std::string> told_;
  mutable int looks_ = 0;
};

inline std::optional<http_response> respond(const http_request& request) {
  http_response response;
  if (request.path == "/") {
    response.content_type = "text/html; charset=utf-8";
    response.content_security_policy = "default-src 'self'";
    response.body = "<p>hello";
  } else if (request.path == "/echo") {
    response.body = std::string(request.method) + " " + std::string(request.query);
    if (request.method == "POST") response.body = "POST " + std::string(request.body);
  } else if (request.path == "/held") {
    response.body = "held\n";
    response.release = [looks = 0]() mutable { return ++looks < 3 ? http_release::not_yet : http_release::goes; };
  } else if (request.path == "/lost") {
    response.release = [] { return http_release::fails; };
  } else if (request.path == "/events") {
    response.is_event_stream = true;
    response.body = "data: first\n\n";
  } else if (request.path == "/own") {
    response.is_event_stream = true;
    response.events = std::make_shared<counted_events>(request.last_event_id);
  } else if (request.path == "/unready") {
    response.status = 503;
    response.body = "not ready\n";
  } else if (request.path == "/throws") {
    throw std::runtime_error("a bug");
  } else if (request.path == "/large") {
    response.body = std::string(16'000'000, 'x');
  } else {
    return std::nullopt;
  }
  return response;
}

class http_service : public ::testing::Test {
protected:
  ~http_service() override { stop(); }

  void start(http_limits limits = {}) {
    server_.emplace(io_, endpoint{"127.0.0.1", 0}, respond, limits,
                    [](std::string_view path) { return path == "/echo"; });
    ASSERT_EQ(server_->start(), std::nullopt);
    where_ = server_->address();
    thread_ = std::thread([this] { io_.run(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    asio::post(io_, [this] { server_->stop(); });
    thread_.join();
  }
  // After this everything posted before has run.
  void catch_up() {
    std::promise<void> done;
    asio::post(io_, [&done] { done.set_value(); });
    done.get_future().wait();
  }
  bool gets_in_at_last() {
    for (int i = 0; i < 100'000; ++i) {
      if (client(where_).get("/echo").result_int() == 200) return true;
    }
    return false;
  }
  unsigned status_of(const std::string& request) {
    client one(where_);
    one.send(request);
    return one.receive().result_int();
  }

  asio::io_context io_;
  std::optional<http_server> server_;
  std::thread thread_;
  endpoint where_;
};

}  // namespace spindrift
