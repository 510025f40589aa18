// Limits of a frame and of what it says, with unit and reason. What an operator may change is in the rooms' settings;
// these are the contract's own and the same for both ends. A frame's length, its features and the points on their way
// are in common/model/limit.hpp, since rooms share them that do not see the wire. Constants.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spindrift::limits {

// Longest frame before a required token was shown: a stranger gets no more memory than a hello needs.
inline constexpr std::size_t frame_bytes_max_unauthorized = 4'096;
// Deepest nesting of objects and arrays in a frame, the frame itself counted.
inline constexpr std::size_t depth_max = 8;
// Greatest seq: the largest integer that every JSON reader keeps exact.
inline constexpr std::uint64_t seq_max = (std::uint64_t{1} << 53U) - 1;
// From one point of a named producer to its next, and from 0 to its first: a seq that is further off is a mistake, and
// taken for good it would leave the producer no numbers.
inline constexpr std::uint64_t seq_step_max = std::uint64_t{1} << 40U;
// Longest command id, token.
inline constexpr std::size_t id_bytes_max = 128;
inline constexpr std::size_t token_bytes_max = 256;

inline constexpr int protocol_version = 1;

}  // namespace spindrift::limits
