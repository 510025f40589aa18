// The detectors that learn from points: how well each does alone, what it costs, and what it says where there is
// nothing.
#include <array>

#include "server/detect/registry.hpp"
#include "tests/quality/case_run.hpp"
#include "tests/quality/nab_detection.hpp"
#include "tests/quality/price.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"
#include "tests/quality/told_stream.hpp"

namespace spindrift::quality {
namespace {

constexpr std::array scenarios = {scenario_name::sine, scenario_name::bimodal, scenario_name::daily,
                                  scenario_name::iot};
constexpr std::uint64_t points_a_run = 2'000;
constexpr double interval_s = 300;
constexpr std::uint64_t cases_seeds = 3;
constexpr double bimodal_f1_min = 0.55;

bool is_alone(const detector_settings& settings, bool detector_settings::*on) {
  return settings.*on && !settings.zscore_on;
}

// Nanoseconds a point; 0: no bound.
double price_max(const detector_settings& settings) {
  if (is_alone(settings, &detector_settings::one_class_svm_on)) return 2'000;
  if (is_alone(settings, &detector_settings::autoencoder_on)) return 5'000;
  return is_alone(settings, &detector_settings::recurrent_on) ? 10'000 : 0;
}

// Flags per 1,000 points of normal noise.
double false_flags(const detector_settings& settings, const plan& what) {
  mean rate;
  for (std::uint64_t seed = 1; seed <= what.event_seeds; ++seed) {
    generator next = quiet_families().front().make(seed);
    detector detectors(settings, 1);
    std::uint64_t flagged = 0;
    for (std::uint64_t t = 0; t < what.quiet_points; ++t) {
      const std::array<double, 1> value{next()};
      flagged += flags_of(detectors.update(value, static_cast<double>(t) * interval_s)).anomaly ? 1U : 0U;
    }
    rate.add(1'000.0 * static_cast<double>(flagged) / static_cast<double>(what.quiet_points));
  }
  return rate.value().value_or(0);
}

std::string nab_score(const std::vector<nab::series>& corpus, const detector_settings& settings) {
  if (corpus.empty()) return "-";
  const auto found = detections(corpus, settings);
  const nab::profile& standard = nab::profiles[0];
  return figure(nab::normalised(nab::raw_score(found, standard, 1.0), nab::window_count(found), standard), 1);
}

// The detectors that are on, as --detectors takes them.
std::string names_of(const detector_settings& settings) {
  std::string names;
  for (const detector_switch& one : detector_switches()) {
    if (settings.*one.on) names.append(names.empty() ? "" : ",").append(one.name);
  }
  return names;
}

// Cases that pass, and the events of all cases that were told.
std::string told_of_cases(const plan& run, const detector_settings& settings) {
  const std::vector<case_result> all = run_cases(run, cases_seeds, "--detectors " + names_of(settings));
  return figure(passed(all), 0) + " / " + figure(100 * told_share(all), 0) + " %";
}

// Notices per 1,000 points of normal noise.
double false_notices(const detector_settings& settings, const plan& run) {
  mean rate;
  for (std::uint64_t seed = 1; seed <= run.event_seeds; ++seed) {
    generator next = quiet_families().front().make(seed);
    told_stream stream(settings);
    std::size_t told = 0;
    for (std::uint64_t t = 0; t < run.quiet_points; ++t)
      told += stream.add(static_cast<std::int64_t>(t) * 300'000, next());
    rate.add(1'000.0 * static_cast<double>(told) / static_cast<double>(run.quiet_points));
  }
  return rate.value().value_or(0);
}

}  // namespace

void report_learners(const plan& what, sheet& out) {
  out.heading("Detectors that learn from points");
  out.paragraph("Precision / recall / **F1** of point anomalies, means of " + std::to_string(what.seeds) + " seeds x " +
                std::to_string(points_a_run) + " points, in process. Flags per 1,000 points of normal noise: " +
                std::to_string(what.event_seeds) + " seeds x " + std::to_string(what.quiet_points) +
                " points. Cases that pass, and the share of all their events that was told, " +
                std::to_string(cases_seeds) +
                " seeds. NAB: standard profile, flags, drifts and alarms. Cost as in the comparison above.");
  const std::vector<sample> priced = priced_points();
  const std::vector<nab::series> corpus =
      what.nab_folder.empty() ? std::vector<nab::series>{} : nab::read_corpus(what.nab_folder);
  table compared{{"detector", "sine", "bimodal", "daily", "iot", "cases / told", "false flags", "false notices", "NAB",
                  "ns/point", "bytes, 200", "bytes, 20,000"}};
  double best_bimodal = 0;
  for (const contender& one : learners()) {
    std::vector<std::string> row = {one.name};
    for (const scenario_name name : scenarios) {
      quality_of_run all;
      for (std::uint64_t seed = 1; seed <= what.seeds; ++seed) {
        all.add(judge({name, what.seeds_before + seed, points_a_run}, one.settings).overall());
      }
      row.push_back(all.text());
      if (name == scenario_name::bimodal) best_bimodal = std::max(best_bimodal, all.f1.value().value_or(0));
    }
    row.push_back(told_of_cases(what, one.settings));
    row.push_back(figure(false_flags(one.settings, what), 2));
    row.push_back(figure(false_notices(one.settings, what), 2));
    row.push_back(nab_score(corpus, one.settings));
    const price cost = price_of(priced, one.settings);
    cost.add_to(row);
    const double most = price_max(one.settings);
    if (most > 0) row[row.size() - 3] = out.at_most(cost.ns_per_point, most, 0);
    compared.rows.push_back(std::move(row));
  }
  out.put(compared);
  out.paragraph("The best on bimodal: " + out.at_least(best_bimodal, bimodal_f1_min, 3) + ".");
}

}  // namespace spindrift::quality
