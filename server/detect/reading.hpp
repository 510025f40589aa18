// What the detectors think of one point: the common result of all parts, and what the event layer reads.
//
// Plain data. `features` looks into the detector that made the reading and is valid until its next update.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace spindrift {

// Of a Z-score.
struct baseline_reading {
  double expected = 0;  // what the point should have been
  double sigma = 0;     // one unit of z
  double z = 0;         // (x - expected) / sigma, drawn in beyond 100 (see drawn_in)
  double tail = 1;      // what sigma was made larger by for the tail of the noise
  bool anomaly = false;
  bool warmup = true;  // too few points so far: z is 0 and nothing is flagged
  bool rare = false;   // judged by how often the stream shows such values (rare_value.hpp): z is no multiple of sigma
};

// Of ADWIN.
// In the units of the data.
struct drift_cut {
  double width;           // of the new window
  double mean;            // of the new window
  double before;          // mean of the values that were dropped
  bool of_steps = false;  // the means are those of the steps from one value to the next: a counter's or a slope's
  // Why: |before - mean| exceeds sqrt(2 m v dp) + (2/3) dp m R (drift_detector.hpp), m = 1/(n0 - least + 1) + 1/(n1 -
  // least + 1) of n0 = older_width and n1 = width.
  double older_width = 0;  // of what was dropped
  double bound = 0;        // that sum
  double variance = 0;     // v
  double range = 0;        // R
  double log_term = 0;     // dp, of no unit
};

// The value against what the clock alone lets expect (clock_expectation.hpp); only of streams that proved to have such
// a habit.
struct clock_reading {
  double expected = 0;
  double sigma = 0;
  double z = 0;
  // The recent mean errors of the two baselines, without the clock and with it: the smaller one has the word.
  bool judges = false;
  double plain_error = 0;
  double error = 0;
};

struct feature_reading {
  // By hand, or GCC fills all of it, optionals that hold nothing included, with noughts first.
  feature_reading() {}

  baseline_reading baseline;
  bool zscore_flagged = false;
  bool alarm = false;
  bool beat = false;          // beyond the threshold, but it returns at regular gaps and was due: no flag
  bool lasts = false;         // likewise, in a run that is longer than this stream's anomalies are: a change of level
  bool beat_missing = false;  // what returns at regular gaps without fail has not come
  std::optional<double> score{};  // of the ensemble; empty when it is off
  std::optional<drift_cut> drift{};
  std::optional<clock_reading> clock{};
};

// A value that no longer goes with another one of the same point: its residual in a fading regression on `partner`.
struct relation_reading {
  std::size_t feature = 0;
  std::size_t partner = 0;
  double z = 0;            // of the residual, in usual ones
  double correlation = 0;  // of the two, fading
  double residual = 0;     // what the one leaves unexplained of the other, in standard deviations, smoothed
  double usual = 0;        // its usual mean size
};

// Of a multivariate point the fields of feature_reading are: the baseline of the feature whose |z| is largest, any
// flag, the first drift, the highest score, any alarm. Indices are those of the values given to update().
struct reading : feature_reading {
  std::size_t feature = 0;
  std::uint8_t judged_by = 0;                   // judge_bit of every detector that found the point anomalous
  bool late = false;                            // older than the newest point: neither judged nor learned
  bool after_hole = false;                      // one of the first points after a hole: learned, but not flagged
  std::span<const feature_reading> features{};  // of a point of several values; empty for one

  const feature_reading& of_feature(std::size_t index) const { return features.empty() ? *this : features[index]; }
};

}  // namespace spindrift
