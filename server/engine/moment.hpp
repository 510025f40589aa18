// The present, as those who have no clock get it from their callers. Plain data; any thread.
#pragma once

#include <cstdint>

namespace spindrift {

// The time, as the caller's clocks had it when the batch was read.
struct moment {
  std::int64_t wall_ms = 0;    // since the Unix epoch: fills in a missing `ts`
  std::int64_t steady_ms = 0;  // monotonic: ages streams
};

}  // namespace spindrift
