// Why a point was not applied. Plain data.
#pragma once

#include <cstdint>

namespace spindrift {

// Nothing was learned from the point and no number was spent on it.
enum class refusal : std::uint8_t {
  none,              // it was applied
  too_many_streams,  // a new stream, and no stream in the table has been idle for long enough to make room
  too_much_memory,   // the same for want of memory
  memory_full,       // a known stream that still grows, and memory has run out for that as well
  other_features,    // its features are not those of the stream's first point
  storage_full,      // the journal could not take it
  other_unit,        // its time is of another unit than the stream's
  nothing_sent,      // there is no point: something is told of the stream all the same
};

}  // namespace spindrift
