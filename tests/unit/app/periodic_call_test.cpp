// Called again and again until it is stopped. Nothing is asserted about when.
#include "server/app/periodic_call.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>

namespace spindrift {
namespace {

using namespace std::chrono_literals;

TEST(periodic_call, comes_again_until_it_is_stopped_from_within) {
  boost::asio::io_context io;
  int calls = 0;
  periodic_call again(io, 1ms, [&] {
    if (++calls == 5) again.stop();
  });
  again.start();
  io.run();  // which ends, since nothing is armed any more
  EXPECT_EQ(calls, 5);
}

TEST(periodic_call, never_comes_where_it_was_stopped_first) {
  boost::asio::io_context io;
  int calls = 0;
  periodic_call again(io, 1h, [&] { ++calls; });
  again.start();
  boost::asio::post(io, [&] { again.stop(); });
  io.run();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace spindrift
