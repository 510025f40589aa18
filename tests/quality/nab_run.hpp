// Runs the ensemble over every series of a corpus, each with a fresh state, and keeps what it said a row.
#pragma once

#include <vector>

#include "server/detect/ensemble/ensemble.hpp"
#include "tests/quality/nab_corpus.hpp"
#include "tests/quality/nab_scoring.hpp"

namespace spindrift::nab {

struct run {
  std::vector<series_scores> alarms;  // 1 on a row with an alarm, else 0: what the daemon sends
  std::vector<series_scores> scores;  // the bare score
};

inline run run_ensemble(const std::vector<series>& corpus, const ensemble_settings& settings) {
  run result;
  for (const auto& series : corpus) {
    ensemble detector(settings);
    series_scores alarms{series.windows, {}};
    series_scores scores{series.windows, {}};
    for (std::size_t row = 0; row < series.values.size(); ++row) {
      const auto reading = detector.update(series.values[row], series.times[row]);
      alarms.scores.push_back(reading.alarm ? 1.0 : 0.0);
      scores.scores.push_back(reading.score);
    }
    result.alarms.push_back(std::move(alarms));
    result.scores.push_back(std::move(scores));
  }
  return result;
}

}  // namespace spindrift::nab
