// The Numenta Anomaly Benchmark: the event alarm, with the other detectors beside it for comparison.
#include "tests/quality/contender.hpp"
#include "tests/quality/nab_detection.hpp"
#include "tests/quality/section.hpp"

namespace spindrift::quality {
namespace {

constexpr double standard_score_min = 70.0;

}  // namespace

void report_nab(const plan& what, sheet& out) {
  if (what.nab_folder.empty()) return;
  const auto corpus = nab::read_corpus(what.nab_folder);
  std::vector<contender> all = contenders();
  all.push_back({"ADWIN, alone", only_adwin()});
  out.heading("Numenta Anomaly Benchmark");
  table scores{{"detector", "standard", "reward low FP", "reward low FN"}};
  std::size_t windows = 0;
  for (const contender& each : all) {
    const auto found = detections(corpus, each.settings);
    windows = nab::window_count(found);
    std::vector<std::string> row = {each.name};
    for (const nab::profile& profile : nab::profiles) {
      const double score = nab::normalised(nab::raw_score(found, profile, 1.0), windows, profile);
      const bool has_bound = each.settings.ensemble_on && row.size() == 1;
      row.push_back(has_bound ? out.at_least(score, standard_score_min, 1) : figure(score, 1));
    }
    scores.rows.push_back(std::move(row));
  }
  out.paragraph(std::to_string(corpus.size()) + " series with " + std::to_string(windows) +
                " windows, one fixed configuration, a fresh state for each series; 0 is a detector that never fires, " +
                "100 the perfect one. A detection is a row with an alarm, a flag or a drift.");
  out.put(scores);
}

}  // namespace spindrift::quality
