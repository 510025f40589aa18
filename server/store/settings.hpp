// All settings of the store: what is written where, when, and how much of it is kept. Plain data; validate() returns
// every complaint with the flag's name.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace spindrift {

enum class durability : std::uint8_t {
  off,      // memory only: no store is opened
  process,  // an answered point survives the death of the process (written before the answer)
  fsync,    // … and of the machine (on the disk before the answer)
};

struct store_settings {
  std::string directory{};                            // --state-dir
  durability durability_level = durability::process;  // --durability
  bool repair = false;  // --repair: damage is set aside and the run starts from what is before it

  // Journal. A segment is the unit of deletion; it ends with the batch that reaches this size. 1 KiB to 1 GiB.
  std::uint64_t segment_bytes = 64ULL << 20U;
  // Group commit: the longest a written batch waits before its fsync begins, so also at most 500 fsyncs a second.
  std::chrono::microseconds fsync_interval{2'000};

  // All of its segments together, where points are refused for want of space. Reached only when snapshots fail: one is
  // due at a quarter of it at the latest. 4 GiB are 200 million points, and three minutes of a restart. 0: no bound.
  std::uint64_t journal_bytes_max = 4ULL << 30U;

  // A snapshot is due when either has passed since the last one: bounds the replay, and so the restart. So many bytes
  // of journal, or half of the last snapshot's where that is more: with a million streams a snapshot is 2 GB, and
  // one every 64 MiB would cost several times as much as all points together.
  std::uint64_t snapshot_bytes = 64ULL << 20U;
  std::chrono::seconds snapshot_interval{300};

  // History: events older than this, by the clock at which they were stored, are deleted; so are the oldest when the
  // database is larger. 0: no limit.
  std::chrono::seconds history_age{30LL * 24 * 3600};
  std::uint64_t history_bytes = 256ULL << 20U;

  std::vector<std::string> validate() const;
};

}  // namespace spindrift
