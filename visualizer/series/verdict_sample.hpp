// The sample that a verdict makes of one value of its point. Pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "visualizer/series/series.hpp"
#include "visualizer/series/stream_event.hpp"

namespace spindrift {

struct verdict;

// Of a point of one value; none where that is not finite.
std::optional<sample> sample_of(const verdict& judged);
// Of a point's value number `index`. `band`: its own, or null where the verdict has the numbers of one feature alone;
// then `known` says which it had last. It is kept up to date.
std::optional<sample> sample_of(const verdict& judged, std::size_t index, const feature_band* band,
                                feature_band& known);

}  // namespace spindrift
