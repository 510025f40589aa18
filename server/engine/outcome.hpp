// What became of a point of a batch, and what the events of its stream had to say at it. Plain data; views look into
// the point and into the batch. Apart from the batch, which most only hand on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/model/event.hpp"
#include "common/model/verdict.hpp"

namespace spindrift {

// Why a point was not applied. Nothing was learned from it and no number was spent on it.
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

struct outcome {
  refusal why = refusal::none;
  verdict what;                       // meaningless unless `why` is none; views into the point
  time_unit fixes = time_unit::none;  // the unit of its stream's times, which nothing had told before
};

// What the events of a stream have to say at a point of a batch.
struct told_event {
  std::size_t point = 0;     // its index
  std::string_view feature;  // the name of the event's feature as the point spells it; empty for a univariate point
  event notice;
};

}  // namespace spindrift
