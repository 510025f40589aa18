// The scoring rule of the Numenta Anomaly Benchmark (Lavin & Ahmad, ICMLA 2015; github.com/numenta/NAB, sweeper.py),
// written anew: a detection early in a labelled window earns up to 1, a window without one costs A_FN, every detection
// outside a window costs A_FP times its distance from the window before it. The sum is scaled so that a detector which
// never fires has 0 and one that fires at the first row of every window, and nowhere else, has 100.
//
// Pure functions of plain data; no I/O; inputs are trusted (windows sorted, apart, within the rows, after probation).
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

namespace spindrift::nab {

// Rows, first and last, both inside.
struct window {
  std::size_t first;
  std::size_t last;
};

struct series_scores {
  std::vector<window> windows;
  std::vector<double> scores;  // one a row, larger = more anomalous
};

struct profile {
  std::string name;
  double true_positive;
  double false_positive;
  double false_negative;
};

inline const std::array<profile, 3> profiles{profile{"standard", 1.0, 0.11, 1.0},
                                             profile{"reward_low_FP_rate", 1.0, 0.22, 1.0},
                                             profile{"reward_low_FN_rate", 1.0, 0.11, 2.0}};

// Rows at the start that are not scored: 15 %, at most 750.
std::size_t probation_rows(std::size_t rows);

// 2 / (1 + e^5x) - 1, and -1 beyond x = 3.
double scaled_sigmoid(double x);

// What a detection at each row is worth before the profile's weight: 0 .. 1 inside a window, -1 .. 0 outside.
std::vector<double> row_weights(std::size_t rows, const std::vector<window>& windows);

// Raw score of one series when rows with a score >= threshold are detections.
double raw_score(const series_scores& series, const profile& weights, double threshold);
double raw_score(const std::vector<series_scores>& corpus, const profile& weights, double threshold);

std::size_t window_count(const std::vector<series_scores>& corpus);

// Raw -> 0 for the detector that never fires, 100 for the perfect one; NaN without a window.
double normalised(double raw, std::size_t windows, const profile& weights);

struct best_threshold {
  double threshold;  // +infinity when no detection at all is best
  double raw;
};

// The threshold with the largest raw score over all distinct scores of the corpus; the highest one of equals.
best_threshold optimise(const std::vector<series_scores>& corpus, const profile& weights);

}  // namespace spindrift::nab
