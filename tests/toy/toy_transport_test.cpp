// A transport as somebody would add it: the plain one with its bytes counted, as a compressing one would count them. In
// the house app/secrets.cpp, which says how a listener's connections are made, would choose it, and net/CMakeLists.txt
// build it.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/net/transport.hpp"

namespace spindrift {
namespace {

class counting_transport final : public transport {
public:
  explicit counting_transport(std::unique_ptr<transport> below) : below_(std::move(below)) {}

  void async_open(std::function<void(socket_error)> opened) override { below_->async_open(std::move(opened)); }
  void async_read(std::span<char> into, done read) override {
    below_->async_read(into, [this, read = std::move(read)](socket_error failure, std::size_t count) {
      bytes += count;
      read(failure, count);
    });
  }
  void async_write(const std::vector<asio::const_buffer>& from, done wrote) override {
    below_->async_write(from, std::move(wrote));
  }
  std::size_t write_now(std::string_view from, socket_error& failed) override {
    return below_->write_now(from, failed);
  }
  void async_shut_down(std::function<void()> sent) override { below_->async_shut_down(std::move(sent)); }
  void close() override { below_->close(); }
  stream_socket& socket() override { return below_->socket(); }
  std::size_t bytes = 0;

private:
  std::unique_ptr<transport> below_;
};

TEST(toy_transport, carries_bytes_over_another_one) {
  asio::io_context io;
  asio::local::stream_protocol::socket here(io);
  asio::local::stream_protocol::socket there(io);
  asio::local::connect_pair(here, there);
  counting_transport ours(make_plain_transport(stream_socket(std::move(here))));
  std::array<char, 16> room{};
  std::string read;
  ours.async_open([&](socket_error failure) {
    ASSERT_FALSE(failure);
    ours.async_read(room, [&](socket_error, std::size_t count) { read.assign(room.data(), count); });
  });
  there.write_some(asio::buffer("hello", 5));
  io.run();
  EXPECT_EQ(read, "hello");
  EXPECT_EQ(ours.bytes, 5U);
}

}  // namespace
}  // namespace spindrift
