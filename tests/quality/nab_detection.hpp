// Runs detectors over every series of the Numenta Anomaly Benchmark, each with a fresh state, and keeps what they
// found.
#pragma once

#include <vector>

#include "tests/quality/contender.hpp"
#include "tests/quality/nab_corpus.hpp"
#include "tests/quality/nab_scoring.hpp"

namespace spindrift::quality {

// A detection is a row with an alarm, a flag or a drift, whichever the detector gives.
inline std::vector<nab::series_scores> detections(const std::vector<nab::series>& corpus,
                                                  const detector_settings& settings) {
  std::vector<nab::series_scores> all;
  for (const nab::series& series : corpus) {
    detector detectors(settings, 1);
    nab::series_scores found{series.windows, {}};
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      const std::vector<double> value = {series.values[row]};
      const verdict_flags flags = flags_of(detectors.update(value, series.times[row]));
      found.scores.push_back(flags.anomaly || flags.drift || flags.alarm ? 1.0 : 0.0);
    }
    all.push_back(std::move(found));
  }
  return all;
}

}  // namespace spindrift::quality
