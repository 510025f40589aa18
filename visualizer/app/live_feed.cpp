// One subscription to all, and where that brings aggregates another to what is in view.
#include "visualizer/app/live_feed.hpp"

#include <algorithm>
#include <utility>

#include "common/protocol/name.hpp"

namespace spindrift {

live_feed::live_feed(boost::asio::io_context& io, endpoint server, std::string pattern, std::string token,
                     subscription_events events, std::function<void(bool)> summed)
    : io_(io),
      server_(std::move(server)),
      pattern_(std::move(pattern)),
      token_(std::move(token)),
      events_(std::move(events)),
      summed_(std::move(summed)),
      all_(io_, server_, subscribe_command{.streams = {pattern_}}, token_, counting(events_)) {}

subscription_events live_feed::counting(subscription_events events) {
  events.heard = [this](const judged_point& point) {
    pace_.heard(point.count);
    if (!has_aggregates_ && is_summed() && !point.extents.empty()) {
      has_aggregates_ = true;
      summed_(true);
    }
    events_.heard(point);
  };
  return events;
}

void live_feed::refresh(std::size_t streams, std::vector<std::string> in_view, std::int64_t now_ms) {
  const int wanted = pace_.judge(streams, now_ms);
  if (wanted != every_ms_) {
    if ((every_ms_ == 0) != (wanted == 0)) has_aggregates_ = false;
    if (every_ms_ > 0 && wanted == 0) summed_(false);
    every_ms_ = wanted;
    all_.want({.streams = {pattern_}, .every_ms = every_ms_});
  }
  follow(is_summed() && has_aggregates_ ? std::move(in_view) : std::vector<std::string>{});
}

void live_feed::follow(std::vector<std::string> in_view) {
  // A name is sent as a pattern: one that is none cannot be followed.
  std::erase_if(in_view, [](const std::string& name) { return !is_pattern(name); });
  std::ranges::sort(in_view);
  in_view.erase(std::unique(in_view.begin(), in_view.end()), in_view.end());
  if (in_view.size() > followed_max) in_view.resize(followed_max);
  if (in_view == followed_) return;
  followed_ = std::move(in_view);
  if (followed_.empty()) {
    in_view_.reset();
  } else if (in_view_) {
    in_view_->want({.streams = followed_});
  } else {
    // Events come by the other one, and its state is the viewer's.
    in_view_ = std::make_unique<subscription>(io_, server_, subscribe_command{.streams = followed_}, token_,
                                              subscription_events{.heard = events_.heard,
                                                                  .told = [](const stream_event& /*told*/) {},
                                                                  .missed = events_.missed,
                                                                  .state_changed = [](const std::string& /*state*/) {},
                                                                  .began = [] {}});
    in_view_->start();
  }
}

void live_feed::stop() {
  all_.stop();
  if (in_view_) in_view_->stop();
}

}  // namespace spindrift
