// What comes from the server, in the form that can be kept up with: every verdict while they are few; where they are
// many, aggregates of all streams and the verdicts of those that are in view (feed_pace.hpp says when).
//
// On the thread that runs the io_context; the callbacks are called there, as a subscription's. Bounded: two
// connections, followed_max streams in view. A server that knows no aggregates sends verdicts in their place. stop()
// lets the io_context end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/net/endpoint.hpp"
#include "visualizer/subscription/feed_pace.hpp"
#include "visualizer/subscription/subscription.hpp"

namespace spindrift {

class live_feed {
public:
  // As many patterns as one subscription takes.
  static constexpr std::size_t followed_max = 64;

  // `summed`: from now on aggregates come in place of verdicts (true), or verdicts of all again.
  live_feed(boost::asio::io_context& io, endpoint server, std::string pattern, std::string token,
            subscription_events events, std::function<void(bool)> summed);

  void start() { all_.start(); }
  void stop();
  // Every now and then: how many streams there are, and the names of those in view.
  void refresh(std::size_t streams, std::vector<std::string> in_view, std::int64_t now_ms);
  bool is_summed() const { return every_ms_ > 0; }

private:
  subscription_events counting(subscription_events events);
  void follow(std::vector<std::string> in_view);

  boost::asio::io_context& io_;
  endpoint server_;
  std::string pattern_;
  std::string token_;
  subscription_events events_;
  std::function<void(bool)> summed_;
  feed_pace pace_;
  int every_ms_ = 0;
  bool has_aggregates_ = false;  // one has come: the server knows them
  std::vector<std::string> followed_;
  subscription all_;
  std::unique_ptr<subscription> in_view_;
};

}  // namespace spindrift
