// The visualizer's ear: connects to the server, subscribes, and hands on what it hears; after every end it connects
// again, with growing pauses, and says what the state is.
//
// On the thread that runs the io_context; the callbacks are called there. Views in a judged_point are valid during the
// call. Bounded: one inbox. Lives as long as the io_context runs; stop() lets that end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "common/net/endpoint.hpp"
#include "common/protocol/frame.hpp"
#include "visualizer/subscription/feed_reader.hpp"

namespace boost::asio {
class io_context;
}

namespace spindrift {

struct subscription_events {
  std::function<void(const judged_point&)> heard;
  std::function<void(stream_event)> told;
  std::function<void(std::uint64_t)> missed;              // the server dropped so many lines for us
  std::function<void(const std::string&)> state_changed;  // "live", "waiting: Connection refused"
  std::function<void()> began;                            // the server said subscribed
};

class subscription {
public:
  subscription(boost::asio::io_context& io, endpoint server, subscribe_command wanted, std::string token,
               subscription_events events);
  ~subscription();
  subscription(const subscription&) = delete;
  subscription& operator=(const subscription&) = delete;

  void start();
  // In place of what was wanted before: now where there is a connection, else with the next one.
  void want(subscribe_command wanted);
  void stop();

private:
  class link;
  std::shared_ptr<link> link_;
};

}  // namespace spindrift
