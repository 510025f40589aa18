// The parts of spindrift-quality's report: each measures and puts its tables on the sheet. Called one after the other
// by one thread; each can run alone. A failure to measure at all (a program that does not start, a corpus that cannot
// be read) throws std::runtime_error.
#pragma once

#include <cstdint>
#include <string>

#include "tests/quality/sheet.hpp"

namespace spindrift::quality {

struct plan {
  std::uint64_t scenario_seeds = 20;        // 1 to this, through the server: the bounds are for the mean of so many
  std::uint64_t seeds = 20;                 // 1 to this, everywhere else
  std::uint64_t seeds_before = 0;           // of detectors that learn: the first seed is the one after these
  std::uint64_t quiet_points = 20'000;      // a seed, where false flags are counted
  std::uint64_t forest_seeds = 3;           // of those, for the isolation forest, which takes 12 us a point
  std::uint64_t drift_points = 10'000'000;  // a seed and noise, where false drifts are counted
  std::uint64_t drift_seeds = 4;
  std::uint64_t delay_trials = 1'001;
  std::uint64_t case_seeds = 10;  // of each case of what people are told
  std::uint64_t event_seeds = 4;  // of quiet streams, where false notices are counted
  std::string bin_folder;         // with spindriftd, spindrift-sim and spindrift-detect
  std::string nab_folder;         // empty: that part is left out
};

// spindrift-sim against spindriftd, all scenarios; then with an injected drift.
void report_server(const plan& what, sheet& out);
// The same points on 1 and 4 threads, again, and without a network.
void report_determinism(const plan& what, sheet& out);
// Streams without anomalies; level shifts and ramps; bursts and spikes.
void report_false_flags(const plan& what, sheet& out);
void report_levels(const plan& what, sheet& out);
void report_spikes(const plan& what, sheet& out);
// ADWIN: false drifts, delay.
void report_drift(const plan& what, sheet& out);
// Detectors against each other.
void report_contenders(const plan& what, sheet& out);
// The detectors that learn from points, each alone and beside the default.
void report_learners(const plan& what, sheet& out);
// Of those, the ones that may learn one network for many streams.
void report_shared(const plan& what, sheet& out);
// What people are told: cases, false notices, the benchmark with notices for detections.
void report_events(const plan& run, sheet& out);
// The same, the event layer without one of its parts at a time.
void report_ablation(const plan& run, sheet& out);
// The event alarm beside the form its specification writes down.
void report_literal(const plan& run, sheet& out);
// What each setting does to what people are told.
void report_settings(const plan& run, sheet& out);
// How long the history takes to answer.
void report_history(const plan& run, sheet& out);
// The Numenta Anomaly Benchmark.
void report_nab(const plan& what, sheet& out);

}  // namespace spindrift::quality
