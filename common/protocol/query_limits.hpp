// Limits of what may be asked for, the same for both ends. Constants.
#pragma once

#include <cstddef>

namespace spindrift::limits {

// Longest pattern, in bytes, and most patterns in a subscribe, streams or history command.
inline constexpr std::size_t pattern_bytes_max = 256;
inline constexpr std::size_t patterns_max = 64;
// Most stars in one pattern: each may have to be tried at every place of a name.
inline constexpr std::size_t stars_max = 4;
// Most entries in one streams or history reply; `limit` is cut to it. At some 250 bytes an entry: 256 KiB.
inline constexpr std::size_t listing_max = 1'000;
// Most points of a recent command's reply; a server keeps fewer of a stream, see --context-points.
inline constexpr std::size_t recent_max = 256;
// How often a viewer may be sent aggregates, in milliseconds: no screen shows more than the least, and the most is
// still live.
inline constexpr int every_ms_min = 10;
inline constexpr int every_ms_max = 60'000;

}  // namespace spindrift::limits
