// A partition as its lane holds it: how far its take-over has come, what is committed of it, its snapshot on the way.
// The lane's own, for its units alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "server/worker/partition.hpp"
#include "server/worker/partition_state.hpp"
#include "server/worker/snapshot_pointer.hpp"
#include "server/worker/step.hpp"

namespace spindrift::worker {

struct held_partition {
  std::int32_t number = 0;
  partition_phase phase = partition_phase::asking;
  std::unique_ptr<partition> body;

  // What it waits for, and until when. 0: nothing.
  ticket ask = 0;
  bool asks_stable = false;
  std::string fences{};  // the owner that is being fenced for it
  std::int64_t deadline_ms = 0;

  std::int64_t committed = 0;  // the offset that is committed, or where it begins
  snapshot_pointer pointer{};  // committed with it
  bool has_changed = false;    // the pointer, or its owner: to be committed whatever the offset
  std::int64_t replay_to = 0;
  std::int64_t replay_from = 0;
  // A snapshot that could not be read: whose pointer, and why. It may have been deleted since, by whoever is the owner.
  std::optional<snapshot_pointer> doubted{};
  std::string doubt{};
  bool skips_to_begin = false;  // records are lost: replay begins at the oldest there is, replay_from
  std::int64_t replay_began_ms = 0;

  // The snapshot that is being taken, or waits for the commit.
  std::int64_t first = -1;
  std::int64_t last = -1;
  std::int64_t at = 0;
  std::uint64_t bytes = 0;
  bool is_snapshot_ready = false;
  std::int64_t begun_ms = 0;     // when it was begun,
  std::int64_t snapshot_ms = 0;  // and when the one was that is committed
  std::uint64_t snapshot_bytes = 0;
  bool has_snapshot_age = false;

  bool is_leaving = false;
  std::int64_t release_ms = 0;  // beyond it without a snapshot
  bool wants_last_snapshot = false;
  bool is_in_commit = false;
  std::int64_t commits = 0;         // the offset of the commit that is under way,
  snapshot_pointer next_pointer{};  // and what goes with it

  bool is_judging() const { return phase == partition_phase::live; }
  bool is_taken() const { return phase == partition_phase::live || phase == partition_phase::replaying; }
  // What may be committed: what was answered, or is now.
  std::int64_t answered() const { return is_judging() ? std::max(body->next(), committed) : committed; }
  std::uint64_t debt() const {
    return is_taken() && answered() > pointer.at ? static_cast<std::uint64_t>(answered() - pointer.at) : 0;
  }
};

}  // namespace spindrift::worker
