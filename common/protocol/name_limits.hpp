// Limits of names on the wire, in bytes, the same for both ends. Constants.
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift::limits {

// Longest stream name, producer name or feature name. A stream's may hold tags as well (cpu,host=a,core=0).
inline constexpr std::size_t stream_bytes_max = 256;
inline constexpr std::size_t producer_bytes_max = 128;
inline constexpr std::size_t feature_bytes_max = 64;

// Of a point that names no stream.
inline constexpr std::string_view stream_default = "default";

}  // namespace spindrift::limits
