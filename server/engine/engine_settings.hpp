// What an engine is made with: plain data, copied by the engine. Apart from it, since whoever reads, prints or carries
// settings needs neither its tables nor its threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/model/pattern.hpp"
#include "server/detect/settings.hpp"
#include "server/engine/stream_settings.hpp"

namespace spindrift {

struct engine_settings {
  detector_settings detectors;
  // 100,000 streams of the default detectors are some 2 GB when all are old and busy.
  std::size_t streams_max = 100'000;
  std::chrono::milliseconds idle_before_eviction{60'000};
  // False: a full table takes no new streams, whoever is idle; streams go by forget_idle() alone. For who must be able
  // to repeat what became of each point, wherever and whenever.
  bool evicts_for_others = true;
  // Streams are taken in as long as all of them, grown old and busy, would fit in so many bytes. 0: no limit. This is
  // what it begins with, see bound_grown_bytes().
  std::size_t grown_bytes_max = 0;
  // Streams whose values are counts that only grow, besides those whose source says so.
  std::vector<pattern> counters_of{};
  // Of the hash of names. 0: drawn anew by every process, as it must be where strangers choose the names; another one
  // makes a simulation repeatable.
  std::uint64_t name_seed = 0;
  // After so long without a point a stream is silent: `silent_never`, or by its own habit.
  static constexpr std::chrono::milliseconds silent_never{-1};
  static constexpr std::chrono::milliseconds silent_by_habit{0};
  std::chrono::milliseconds silent_after = silent_by_habit;
  // Points before an event that its picture shows.
  std::size_t context_points = 32;
  // What holds for some streams: the first entry that takes a name.
  std::vector<stream_settings> streams{};
};

}  // namespace spindrift
