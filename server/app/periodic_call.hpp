// Calls a function again and again, on the thread of an io_context, until it is stopped.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>

namespace spindrift {

class periodic_call {
public:
  // The context outlives it. `called` must be quick.
  periodic_call(boost::asio::io_context& context, std::chrono::milliseconds interval, std::function<void()> called);

  void start();
  void stop();

private:
  boost::asio::steady_timer timer_;
  std::chrono::milliseconds interval_;
  std::function<void()> called_;
  bool is_stopped_ = false;
};

}  // namespace spindrift
