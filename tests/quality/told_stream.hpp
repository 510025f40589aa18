// What a person would be told of a stream of one value, as the engine runs it; and the changes that one is to be told
// of.
//
// A plain value of one stream, one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "server/detect/detector.hpp"
#include "server/events/event_watch.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::quality {

constexpr std::int64_t quiet_interval_ms = 300'000;
constexpr std::uint64_t habit_points = 6'000;  // a seed of habit_families()

class told_stream {
public:
  // What a part of the layer would have seen is taken out of each reading, and events of some kinds are told to nobody.
  struct mask {
    void (*blind)(feature_reading& seen) = nullptr;
    std::uint32_t untold = 0;  // a bit for each event_kind
  };

  told_stream() = default;
  explicit told_stream(const mask& off) : off_(off) {}
  // Settings that outlive it.
  explicit told_stream(const detector_settings& chosen) : detectors_(chosen, 1) {}

  // How many events were opened.
  std::size_t add(std::int64_t ts, double value) {
    told_.clear();
    reading seen = detectors_.update({&value, 1}, static_cast<double>(ts) / 1'000);
    if (off_.blind != nullptr) off_.blind(seen);
    events_.update(++n_, ts, {&value, 1}, seen, told_);
    std::erase_if(told_, [this](const event& notice) {
      return notice.is_picture_alone || (off_.untold >> static_cast<unsigned>(notice.kind) & 1U) != 0;
    });
    std::size_t opened = 0;
    for (const event& notice : told_) opened += notice.state == event_state::open ? 1 : 0;
    return opened;
  }
  const std::vector<event>& told() const { return told_; }

private:
  static const detector_settings& settings() {
    static const detector_settings defaults;
    return defaults;
  }
  mask off_{};
  detector detectors_{settings(), 1};
  event_watch events_{1};
  std::uint64_t n_ = 0;
  std::vector<event> told_;
};

// One change of each kind in normal noise, and how many notices the 1,000 points from there on bring.
struct change {
  const char* name;
  double (*value)(support::noise_source& noise, int after);  // after: points since the change, 0 before it
};

constexpr int change_at = 2'000;
constexpr int change_points = 1'000;

inline const std::vector<change>& changes() {
  using noise = support::noise_source&;
  static const std::vector<change> all = {
      {"step of 10 sigma", [](noise n, int after) { return n.normal() + (after > 0 ? 10 : 0); }},
      {"step of 2 sigma", [](noise n, int after) { return n.normal() + (after > 0 ? 2 : 0); }},
      {"ramp, 3 sigma in 1,500 points",
       [](noise n, int after) { return n.normal() + 3 * std::clamp(after / 1'500.0, 0.0, 1.0); }},
      {"burst of 8 at 10 sigma", [](noise n, int after) { return n.normal() + (after > 0 && after <= 8 ? 10 : 0); }},
      {"scatter x 3", [](noise n, int after) { return n.normal() * (after > 0 ? 3 : 1); }},
      {"scatter x 2", [](noise n, int after) { return n.normal() * (after > 0 ? 2 : 1); }},
      {"scatter / 4", [](noise n, int after) { return n.normal() * (after > 0 ? 0.25 : 1); }},
  };
  return all;
}

}  // namespace spindrift::quality
