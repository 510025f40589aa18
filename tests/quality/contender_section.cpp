// The detectors against each other: how well each does on every scenario, and what it costs.
#include <algorithm>
#include <array>
#include <memory>

#include "server/detect/adwin.hpp"
#include "tests/quality/contender.hpp"
#include "tests/quality/price.hpp"
#include "tests/quality/section.hpp"

namespace spindrift::quality {
namespace {

constexpr std::array point_scenarios = {scenario_name::sine, scenario_name::bimodal, scenario_name::daily,
                                        scenario_name::iot};
constexpr std::array all_scenarios = {scenario_name::sine, scenario_name::bimodal, scenario_name::daily,
                                      scenario_name::iot, scenario_name::random};
constexpr std::uint64_t drift_at = 1'000;
constexpr std::uint64_t run_points = 2'000;

void put_point_detectors(const plan& what, const std::vector<sample>& priced, sheet& out) {
  out.paragraph("Point anomalies, precision / recall / **F1**, means of " + std::to_string(what.seeds) + " seeds x " +
                std::to_string(run_points) + " points, each detector alone, in process. Cost: CPU ns a point of one " +
                "value (sine scenario, " + std::to_string(priced_grown) + " points, least of " +
                std::to_string(price_repetitions) + " runs), and heap bytes a stream after " +
                std::to_string(priced_young) + " and " + std::to_string(priced_grown) +
                " points, allocator's overhead included. The event alarm is there for events: one alarm for each, " +
                "none for 100 points after it, so its recall of points is low by design.");
  table compared{{"detector", "sine", "bimodal", "daily", "iot", "ns/point", "bytes, 200", "bytes, 20,000"}};
  for (const contender& each : contenders()) {
    std::vector<std::string> row = {each.name};
    for (const scenario_name name : point_scenarios) {
      quality_of_run all;
      for (std::uint64_t seed = 1; seed <= what.seeds; ++seed) {
        const auto meaning = each.settings.ensemble_on ? alarm_meaning::anomaly : alarm_meaning::alarm;
        all.add(judge({name, seed, run_points}, each.settings, meaning).overall());
      }
      row.push_back(all.text());
    }
    price_of(priced, each.settings).add_to(row);
    compared.rows.push_back(std::move(row));
  }
  std::vector<std::string> row = {"the server's default: robust, ADWIN, alarm", "", "", "", ""};
  price_of(priced, detector_settings{}).add_to(row);
  compared.rows.push_back(std::move(row));
  out.put(compared);
}

// The drifts of one detector over all scenarios and seeds, as spindrift-sim counts them.
struct drift_total {
  std::uint64_t injected = 0;
  std::uint64_t false_ones = 0;
  std::vector<double> delays;

  void add(const score& judged) {
    const score::drift_count& drifts = judged.drifts();
    injected += drifts.injected;
    false_ones += drifts.false_ones;
    for (const std::uint64_t delay : drifts.delays) delays.push_back(static_cast<double>(delay));
  }
  std::vector<std::string> cells() const {
    const confusion counted{delays.size(), false_ones, injected - delays.size()};
    return {figure(counted.precision(), 3), figure(counted.recall(), 3), figure(counted.f1(), 3),
            std::to_string(false_ones), figure(median(delays), 0)};
  }
};

void put_drift_detectors(const plan& what, const std::vector<sample>& priced, sheet& out) {
  out.paragraph("Level shifts: each scenario, random too, with --drift-at " + std::to_string(drift_at) +
                ", and its usual anomalies. A detection before the shift is false; the first one after it finds it.");
  table found{
      {"detector", "precision", "recall", "F1", "false", "median delay", "ns/point", "bytes, 200", "bytes, 20,000"}};
  const auto put = [&](const std::string& name, const auto& judge_one, const price& cost) {
    drift_total total;
    for (const scenario_name scenario : all_scenarios) {
      for (std::uint64_t seed = 1; seed <= what.seeds; ++seed) {
        total.add(judge_one(scenario_run{scenario, seed, run_points, drift_at}));
      }
    }
    std::vector<std::string> row = {name};
    for (std::string& cell : total.cells()) row.push_back(std::move(cell));
    cost.add_to(row);
    found.rows.push_back(std::move(row));
  };
  detector_settings behind_robust = only_adwin();
  behind_robust.zscore_on = true;
  const detector_settings alone = only_adwin();
  const detector_settings alarm = only_ensemble();
  const auto by = [](const detector_settings& settings, alarm_meaning meaning) {
    return [&settings, meaning](const scenario_run& run) { return judge(run, settings, meaning); };
  };
  put("ADWIN behind the robust Z-score (the server)", by(behind_robust, alarm_meaning::alarm),
      price_of(priced, behind_robust));
  put("ADWIN of the server, alone", by(alone, alarm_meaning::alarm), price_of(priced, alone));
  const adwin_settings river;
  put(
      "river's ADWIN (core)", [&river](const scenario_run& run) { return judge_by_river(run, river); },
      price_of(
          priced, [&river] { return std::make_unique<adwin>(river); },
          [](adwin& detector, const sample& point) { detector.update(point.value); }));
  put("event alarm", by(alarm, alarm_meaning::drift), price_of(priced, alarm));
  out.put(found);
}

}  // namespace

void report_contenders(const plan& what, sheet& out) {
  out.heading("The detectors against each other");
  const std::vector<sample> priced = priced_points();
  put_point_detectors(what, priced, out);
  put_drift_detectors(what, priced, out);
}

}  // namespace spindrift::quality
