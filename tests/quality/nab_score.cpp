// nab_score --data DIR: the ensemble's score by the rule of the Numenta Anomaly Benchmark, one fixed configuration.
//
// The score that counts is that of the alarms as the daemon raises them (a detection is a row with an alarm). Beside it
// stands what a threshold fitted to these very labels would give the bare score, which is the scoreboard's rule: it
// tells how much the fixed threshold and the pause after an alarm cost or earn, not how good the detector is.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "tests/quality/nab_run.hpp"

namespace {

using namespace spindrift;

struct outcome {
  std::string name;
  double gain;  // raw score above that of a detector which never fires
  std::size_t windows;
  std::size_t caught;
  std::size_t false_alarms;
};

outcome outcome_of(const std::string& name, const nab::series_scores& alarms) {
  const auto& standard = nab::profiles[0];
  outcome result{name, nab::raw_score(alarms, standard, 1.0), alarms.windows.size(), 0, 0};
  result.gain += standard.false_negative * static_cast<double>(result.windows);
  std::vector<bool> caught(alarms.windows.size(), false);
  for (auto row = nab::probation_rows(alarms.scores.size()); row < alarms.scores.size(); ++row) {
    if (alarms.scores[row] < 1.0) continue;
    bool inside = false;
    for (std::size_t w = 0; w < caught.size(); ++w) {
      if (row < alarms.windows[w].first || row > alarms.windows[w].last) continue;
      inside = caught[w] = true;
    }
    if (!inside) ++result.false_alarms;
  }
  result.caught = static_cast<std::size_t>(std::count(caught.begin(), caught.end(), true));
  return result;
}

void print(const outcome& result) {
  std::printf("  %+7.3f  %zu of %zu windows, %2zu false alarms  %s\n", result.gain, result.caught, result.windows,
              result.false_alarms, result.name.c_str());
}

void print_series(std::vector<outcome> outcomes, bool all) {
  // By what a series lost against a perfect detector; series with few windows and many false alarms come last too.
  std::stable_sort(outcomes.begin(), outcomes.end(), [](const outcome& a, const outcome& b) {
    return a.gain - 2.0 * static_cast<double>(a.windows) > b.gain - 2.0 * static_cast<double>(b.windows);
  });
  if (all || outcomes.size() <= 10) {
    std::printf("all series, best first (raw score above that of no alarm; 2 a window at best)\n");
    for (const auto& result : outcomes) print(result);
    return;
  }
  // A series without windows cannot gain: among the best it would only say that nothing happened.
  std::printf("five best series (raw score above that of no alarm; 2 a window at best)\n");
  std::size_t printed = 0;
  for (const auto& result : outcomes) {
    if (result.windows > 0 && printed++ < 5) print(result);
  }
  std::printf("five worst series, the worst last\n");
  std::for_each(outcomes.end() - 5, outcomes.end(), print);
}

void score(const std::string& folder, const ensemble_settings& settings, bool all) {
  const auto corpus = nab::read_corpus(folder);
  const auto [alarms, scores] = nab::run_ensemble(corpus, settings);
  const auto windows = nab::window_count(alarms);
  std::printf("%zu series, %zu windows; threshold %g, %u quiet points\n", corpus.size(), windows, settings.threshold,
              settings.quiet_points);
  std::printf("%-20s %8s   %s\n", "profile", "alarms", "bare score at the threshold fitted to these labels");
  for (const auto& profile : nab::profiles) {
    const auto fitted = nab::optimise(scores, profile);
    std::printf("%-20s %8.2f   %8.2f at %.4f\n", profile.name.c_str(),
                nab::normalised(nab::raw_score(alarms, profile, 1.0), windows, profile),
                nab::normalised(fitted.raw, windows, profile), fitted.threshold);
  }
  std::vector<outcome> outcomes;
  for (std::size_t i = 0; i < corpus.size(); ++i) outcomes.push_back(outcome_of(corpus[i].name, alarms[i]));
  print_series(std::move(outcomes), all);
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  ensemble_settings settings;
  bool all = false;
  CLI::App app("The ensemble's score by the rule of the Numenta Anomaly Benchmark", "nab_score");
  app.add_option("--data", folder, "the corpus: windows.json and <category>/<name>.csv")->required();
  app.add_option("--threshold", settings.threshold, "alarm threshold of the score")->capture_default_str();
  app.add_option("--quiet-points", settings.quiet_points, "points after an alarm that raise none")
      ->capture_default_str();
  app.add_flag("--all", all, "list every series");
  CLI11_PARSE(app, argc, argv);
  for (const auto& complaint : settings.validate()) {
    std::fprintf(stderr, "nab_score: %s\n", complaint.c_str());
    return 2;
  }
  try {
    score(folder, settings, all);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "nab_score: %s\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
