// What the detectors think of one point: the common result of all parts, and what the event layer reads.
//
// Plain data. `features` looks into the detector that made the reading and is valid until its next update.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "server/detect/drift_detector.hpp"
#include "server/detect/zscore.hpp"

namespace spindrift {

// The value against what the clock alone lets expect (clock_expectation.hpp); only of streams that proved to have such
// a habit.
struct clock_reading {
  double expected = 0;
  double sigma = 0;
  double z = 0;
};

struct feature_reading {
  baseline_reading baseline;
  bool zscore_flagged = false;
  std::optional<drift_cut> drift{};
  std::optional<double> score{};  // of the ensemble; empty when it is off
  bool alarm = false;
  std::optional<clock_reading> clock{};
};

// A value that no longer goes with another one of the same point: its residual in a fading regression on `partner`.
struct relation_reading {
  std::size_t feature = 0;
  std::size_t partner = 0;
  double z = 0;
};

// Of a multivariate point the fields of feature_reading are: the baseline of the feature whose |z| is largest, any
// flag, the first drift, the highest score, any alarm. Indices are those of the values given to update().
struct reading : feature_reading {
  std::size_t feature = 0;
  bool isolation_flagged = false;
  bool late = false;                            // older than the newest point: neither judged nor learned
  bool after_hole = false;                      // one of the first points after a hole: learned, but not flagged
  std::span<const feature_reading> features{};  // of a point of several values; empty for one
  std::optional<relation_reading> relation{};
};

}  // namespace spindrift
