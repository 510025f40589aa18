// What time it is, in milliseconds, for whoever draws. Any thread.
#pragma once

#include <chrono>
#include <cstdint>

namespace spindrift {

// Monotonic: ages and deadlines.
inline std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

// Since the Unix epoch.
inline std::int64_t unix_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace spindrift
