// Which numbers are event times, and in which unit. Constants.
#pragma once

#include <cstdint>

namespace spindrift::limits {

// Event times we can print as RFC 3339 again, in milliseconds since the Unix epoch: years 0001 to 9999.
inline constexpr std::int64_t ts_ms_min = -62'135'596'800'000;
inline constexpr std::int64_t ts_ms_max = 253'402'300'799'999;
constexpr bool is_event_time(std::int64_t ts_ms) {
  return ts_ms >= ts_ms_min && ts_ms <= ts_ms_max;
}
// Times of these sizes are no milliseconds: seconds of 1973 to 5138, which only their stream can tell from milliseconds
// of the first years, then microseconds of 2001 to 2286 and nanoseconds since 2001.
inline constexpr std::int64_t ts_seconds_min = 100'000'000;
inline constexpr std::int64_t ts_seconds_end = 100'000'000'000;
inline constexpr std::int64_t ts_microseconds_min = 1'000'000'000'000'000;
inline constexpr std::int64_t ts_microseconds_end = 10'000'000'000'000'000;
inline constexpr std::int64_t ts_nanoseconds_min = 1'000'000'000'000'000'000;

}  // namespace spindrift::limits
