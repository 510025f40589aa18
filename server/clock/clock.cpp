// Reads both clocks, for the whole process.
#include "server/clock/clock.hpp"

#include "common/log/log.hpp"
#include "server/clock/arrival_clock.hpp"

namespace spindrift {

moment now() {
  using namespace std::chrono;
  static arrival_clock arrivals;
  const std::int64_t steady = steady_ms();
  const std::int64_t wall = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const arrival_clock::reading told = arrivals.read(wall, steady);
  if (told.set_back_ms > 0) log_event(log_level::warning, "clock_set_back", {{"milliseconds", told.set_back_ms}});
  return {told.wall_ms, steady};
}

}  // namespace spindrift
