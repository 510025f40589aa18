// How many frames a connection may take in one turn, so that no round of a thread is long whoever sends how much: a
// round's time shared alike by all that have a turn in it, in frames at what they cost of late. Sees no clock: its
// shard says how long a round was. On the shard's thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "server/net/settings.hpp"

namespace spindrift {

class turn_share {
public:
  explicit turn_share(const net_settings& settings) : settings_(settings) {}

  // In a round of so many turns.
  std::size_t frames_max(std::size_t turns) const {
    const std::int64_t round_ns = std::chrono::nanoseconds(settings_.round_time).count();
    const auto affordable = static_cast<std::size_t>(round_ns / std::max<std::int64_t>(1, frame_ns_));
    const std::size_t in_a_round = std::clamp(affordable, settings_.round_frames_min, settings_.round_frames_max);
    return std::max(settings_.turn_frames_min, in_a_round / std::max<std::size_t>(1, turns));
  }
  // What rounds of fewer frames cost is mostly not theirs.
  void took(std::uint64_t frames, std::chrono::nanoseconds time) {
    if (frames < settings_.round_frames_min) return;
    frame_ns_ += (time.count() / static_cast<std::int64_t>(frames) - frame_ns_) / 4;
  }

private:
  const net_settings& settings_;
  std::int64_t frame_ns_ = 4'000;  // the dearest usual kind, until something is known
};

}  // namespace spindrift
