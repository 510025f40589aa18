// Points on their way through the engine together, and what became of each. Owned by the caller (one a shard) and used
// again and again, so that a batch allocates nothing once it has reached its size.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "common/model/event.hpp"
#include "common/model/point.hpp"
#include "common/model/verdict.hpp"
#include "server/engine/moment.hpp"

namespace spindrift {

struct stream;
class producer;

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

struct batch {
  std::vector<point> points;
  std::vector<outcome> outcomes;            // one for each point, in their order, after observe()
  std::vector<told_event> told;             // in the order of their points, after observe()
  std::vector<feature_verdict> by_feature;  // what the outcomes of multivariate points look into
  std::deque<std::string> names;            // of streams of which something is told without a point
  producer* sender = nullptr;               // whose points they are, locked; null: of producers without a name
  std::vector<std::uint64_t> hashes;        // the engine's scratch, as is the next
  std::vector<stream*> streams;

  void clear() {
    points.clear();
    outcomes.clear();
    told.clear();
    by_feature.clear();
    names.clear();
    sender = nullptr;
  }
};

}  // namespace spindrift
