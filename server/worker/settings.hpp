// What a lane is told once: plain data, copied by the lane. Everything that decides a verdict, or a refusal, is in
// settings_hash(), so that a successor with other settings says so.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/engine/engine_settings.hpp"
#include "server/engine/stream_state.hpp"

namespace spindrift::worker {

enum class delivery_level : std::uint8_t {
  exactly_once,   // outputs, offsets and the snapshot's pointer in one transaction
  at_least_once,  // outputs are flushed, then the offsets committed; who comes after says the same lines again
};
enum class bad_line_rule : std::uint8_t { dead_letter, stop };
enum class offset_lost_rule : std::uint8_t { stop, skip };

struct lane_settings {
  // What every partition's engine is made with; streams_max is that of a partition. The lane sees to it that nothing
  // in it looks at this machine: no eviction, no ceiling of memory.
  engine_settings engine{};

  std::string owner{};           // the lane's transactional id: <group>.<worker-id>.<lane>
  std::string points{"points"};  // the topic's name, for the headers of dead letters
  std::int32_t partitions = 1;   // of the topic
  bool writes_verdicts = true;   // --verdicts off
  bool writes_events = true;     // --events off
  delivery_level delivery = delivery_level::exactly_once;
  bad_line_rule on_bad = bad_line_rule::dead_letter;
  offset_lost_rule on_offset_lost = offset_lost_rule::stop;
  bool accepts_repartition = false;
  // Of the bytes of streams in new snapshots, for a rolling upgrade: no other than this is written so far.
  std::uint32_t state_version = stream_state_version;

  std::chrono::milliseconds commit_interval{100};
  std::chrono::milliseconds snapshot_interval{300'000};
  // A stream without a record for so long, by the records' own times, is forgotten.
  std::chrono::milliseconds forget_after{std::chrono::hours(24 * 7)};
  // A snapshot is taken sooner when what a successor would have to replay takes longer than this.
  std::chrono::milliseconds replay_debt_max{10'000};
  std::uint64_t replay_records_per_s = 100'000;  // until it has been measured
  // A wait for the broker that takes longer ends in a fresh start. More than the transaction's timeout (15 s) and the
  // group's session (10 s) together.
  std::chrono::milliseconds wait_max{30'000};
  // Of an orderly release: beyond it what is left is released without a snapshot.
  std::chrono::milliseconds release_max{5'000};

  // A message of the topic of snapshots: below max.message.bytes of 1 MiB.
  std::size_t chunk_bytes = 900'000;
  // An output record is ended behind the line that passes this.
  std::size_t record_bytes = 900'000;
  // Serialised at a time, between which points flow: some 1 ms.
  std::size_t snapshot_slice_bytes = 256'000;
  // Chunks that are sent and not delivered: beyond it the snapshot waits.
  std::size_t chunks_in_flight_max = 16;
  // Outputs of a transaction: beyond it a commit is due at once.
  std::size_t transaction_bytes_max = 64U << 20U;
};

// All complaints, each naming its flag; empty when the settings can be used.
std::vector<std::string> validate(const lane_settings& settings);

// Of all that decides what is said of a point: detectors with their thresholds, streams, counters, events' rules, the
// bound of streams, what is forgotten. Equal on every machine.
std::uint64_t settings_hash(const lane_settings& settings);

}  // namespace spindrift::worker
