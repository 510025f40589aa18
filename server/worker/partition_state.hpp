// How far a partition has come, for metrics: a copy, made on the lane's thread.
#pragma once

#include <cstdint>

namespace spindrift::worker {

enum class partition_phase : std::uint8_t { asking, waiting, restoring, replaying, live, leaving };

struct partition_state {
  std::int32_t number = 0;
  partition_phase phase = partition_phase::asking;
  std::int64_t next = 0;  // offset to be judged next
  std::int64_t committed = 0;
  std::uint64_t streams = 0;
  std::int64_t newest_ms = 0;         // time of the newest record
  std::uint64_t debt = 0;             // records that a successor would replay
  std::int64_t snapshot_age_ms = -1;  // -1: none yet
  std::uint64_t snapshot_bytes = 0;
};

}  // namespace spindrift::worker
