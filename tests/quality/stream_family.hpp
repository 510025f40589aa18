// The streams without anomalies that a detector has to keep quiet on, each seeded: same seed, same values on every
// machine (tests/support/noise.hpp).
//
// Plain data and pure generators; a generator is a value of its own stream, one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace spindrift::quality {

// The next value of a stream.
using generator = std::function<double()>;

struct stream_family {
  std::string name;
  std::function<generator(std::uint64_t seed)> make;
  // It jumps at regular times, which only the seasonal predictor knows: the bound holds for it alone.
  bool needs_season = false;
};

const std::vector<stream_family>& quiet_families();
// Streams that have what looks like events, but always had: waves, counts of the day, on and off, bursts, spikes.
// Nothing changes in them; the first few of each habit may be told.
const std::vector<stream_family>& habit_families();

}  // namespace spindrift::quality
