// The newest points of one stream, for who was not there when they came.
//
// Values; any thread. Holds the stream's lock while its points are copied: as many as the ring for pictures has
// (events/context_ring.hpp), of each of its features.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/explanation.hpp"

namespace spindrift {

class stream_table;

struct recent_points {
  std::uint64_t n = 0;                                 // the newest point's number
  std::vector<std::string> features;                   // empty: one value
  std::vector<std::vector<context_point>> by_feature;  // oldest first; each as long as the others, and at least one
  std::string title;                                   // as in stream_summary
  std::string unit;
};

// At most so many of them; none where there is no such stream.
std::optional<recent_points> find_recent_points(stream_table& of, std::string_view stream, std::size_t points_max);

}  // namespace spindrift
