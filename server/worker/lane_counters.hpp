// What lanes count besides the engine's counters: relaxed atomics, added to by lanes, read by any thread. One for all
// lanes of a process, or one each; whoever makes it outlives them. What was dropped and is done again counts again.
#pragma once

#include <array>

#include "server/engine/counters.hpp"

namespace spindrift::worker {

struct lane_counters {
  counter records{0};  // judged, replayed ones left out
  counter null_values{0};
  counter dead_letters{0};
  std::array<counter, counters::error_codes> dead_letters_by_error{};
  counter misrouted{0};
  counter offset_gaps{0};  // records that were not where the one before ended: legal, see docs
  counter replayed{0};     // points
  counter committed{0};    // transactions
  counter aborted{0};      // fresh starts that dropped outputs
  counter fresh_starts{0};
  counter fences{0};    // of dead owners, by us
  counter fenced{0};    // of us, by others
  counter assigned{0};  // partitions
  counter revoked{0};
  counter lost{0};
  counter snapshots{0};  // committed
  counter snapshot_bytes{0};
  counter restores{0};
  counter restored_streams{0};
  counter settings_differ{0};
  counter detectors_changed{0};  // streams with a part that was not taken over
  counter streams_forgotten{0};
  counter memory_full{0};  // times that partitions were paused for want of memory
};

}  // namespace spindrift::worker
