// A stream of one value as the engine runs it, without one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/detect/detector.hpp"
#include "server/events/event_watch.hpp"

namespace spindrift::quality {

// The settings outlive it.
class told_stream {
public:
  explicit told_stream(const detector_settings& settings) : detectors_(settings, 1) {}

  // How many events opened.
  std::size_t add(std::int64_t ts, double value) {
    told_.clear();
    const reading seen = detectors_.update({&value, 1}, static_cast<double>(ts) / 1'000);
    events_.update(++n_, ts, {&value, 1}, seen, told_);
    std::erase_if(told_, [](const event& notice) { return notice.is_picture_alone; });  // nobody is told of those
    std::size_t opened = 0;
    for (const event& notice : told_) opened += notice.state == event_state::open ? 1 : 0;
    return opened;
  }
  const std::vector<event>& told() const { return told_; }

private:
  detector detectors_;
  event_watch events_{1};
  std::uint64_t n_ = 0;
  std::vector<event> told_;
};

}  // namespace spindrift::quality
