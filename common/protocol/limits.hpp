// Every limit of the wire, in one place, with unit and reason. What an operator may change is in server/app/config.hpp;
// these are the contract's own and the same for both ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/model/limit.hpp"

namespace spindrift::limits {

// Longest frame, without its line end. A longer one costs one error and is skipped unstored.
inline constexpr std::size_t frame_bytes_max = model::frame_bytes_max;
// Longest frame before a required token was shown: a stranger gets no more memory than a hello needs.
inline constexpr std::size_t frame_bytes_max_unauthorized = 4'096;
// Deepest nesting of objects and arrays in a frame, the frame itself counted.
inline constexpr std::size_t depth_max = 8;
// Longest stream name, producer name or feature name, in bytes. A stream's may hold tags as well (cpu,host=a,core=0).
inline constexpr std::size_t stream_bytes_max = 256;
inline constexpr std::size_t producer_bytes_max = 128;
inline constexpr std::size_t feature_bytes_max = 64;
// Most features of one point.
inline constexpr std::size_t features_max = model::features_max;
// Greatest seq: the largest integer that every JSON reader keeps exact.
inline constexpr std::uint64_t seq_max = (std::uint64_t{1} << 53U) - 1;
// From one point of a named producer to its next, and from 0 to its first: a seq that is further off is a mistake, and
// taken for good it would leave the producer no numbers.
inline constexpr std::uint64_t seq_step_max = std::uint64_t{1} << 40U;
// Event times we can print as RFC 3339 again: years 0001 to 9999.
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
// Points of one producer without a verdict, and verdicts kept of it for re-sending: the two must be the same number.
inline constexpr std::size_t in_flight_max = model::in_flight_max;
// Longest pattern and most patterns in a subscribe, streams or history command.
inline constexpr std::size_t pattern_bytes_max = 256;
inline constexpr std::size_t patterns_max = 64;
// Most stars in one pattern: each may have to be tried at every place of a name.
inline constexpr std::size_t stars_max = 4;
// Most entries in one streams or history reply; `limit` is cut to it. At some 250 bytes an entry: 256 KiB.
inline constexpr std::size_t listing_max = 1'000;
// Most points of a recent command's reply; a server keeps fewer of a stream, see --context-points.
inline constexpr std::size_t recent_max = 256;
// How often a viewer may be sent aggregates: no screen shows more than the least, and the most is still live.
inline constexpr int every_ms_min = 10;
inline constexpr int every_ms_max = 60'000;
// Longest command id, token.
inline constexpr std::size_t id_bytes_max = 128;
inline constexpr std::size_t token_bytes_max = 256;

inline constexpr std::string_view stream_default = "default";
inline constexpr std::uint16_t port_default = 7171;
inline constexpr std::uint16_t http_port_default = 7172;
inline constexpr int protocol_version = 1;

}  // namespace spindrift::limits
