// The two clocks as the server reads them. Any thread; about 20 ns a reading, and a lock while the wall clock is behind
// (arrival_clock.hpp).
#pragma once

#include <chrono>
#include <cstdint>

#include "server/engine/moment.hpp"

namespace spindrift {

// Monotonic, in milliseconds: deadlines and ages. Setting the wall clock does not move it.
inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// The wall clock's part never runs backwards; where that one was set back, the log says so (`clock_set_back`).
moment now();

}  // namespace spindrift
