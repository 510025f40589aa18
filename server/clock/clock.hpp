// The two clocks as the server reads them. Any thread; about 20 ns a reading.
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

inline moment now() {
  using namespace std::chrono;
  return {duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count(), steady_ms()};
}

}  // namespace spindrift
