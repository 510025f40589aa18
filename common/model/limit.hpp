// Limits that rooms share which do not see the wire: a frame's length, a point's features, a producer's unanswered
// points. The others are beside the wire: common/protocol/frame_limits.hpp, name_limits.hpp, query_limits.hpp,
// time_limits.hpp. Constants.
#pragma once

#include <cstddef>

namespace spindrift::model {

// Longest frame, without its line end.
inline constexpr std::size_t frame_bytes_max = 65'536;
// Most features of one point.
inline constexpr std::size_t features_max = 64;
// Points of one producer without a verdict, and verdicts kept of it for re-sending: the two must be the same number.
inline constexpr std::size_t in_flight_max = 1'024;

}  // namespace spindrift::model
