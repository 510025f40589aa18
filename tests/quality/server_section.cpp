// The programs as they are: spindrift-sim sends every scenario to spindriftd, and its JSON report is what counts.
#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "client/scenario.hpp"
#include "tests/quality/section.hpp"
#include "tests/support/daemon_process.hpp"

namespace spindrift::quality {
namespace {

using support::child_result;
using support::daemon_process;

constexpr std::array all_scenarios = {scenario_name::sine, scenario_name::daily, scenario_name::iot,
                                      scenario_name::bimodal, scenario_name::random};
constexpr double f1_min = 0.99;          // sine, daily, iot
constexpr double forest_f1_min = 0.43;   // bimodal
constexpr double false_flags_max = 1.0;  // per 1,000 points, random
constexpr double wave_drifts_max = 0.1;  // a run of a scenario with a wave; none at all without
constexpr std::uint64_t run_points = 2'000;
constexpr std::uint64_t drift_at = 1'000;

// A daemon with these flags, for as long as the runs against it.
struct server_kind {
  std::string name;
  std::vector<std::string> arguments;
};

const server_kind by_default{"default", {}};
const server_kind classic{"classic", {"--zscore-method", "classic"}};
const server_kind with_forest{"default + iforest", {"--detectors", "zscore,adwin,ensemble,iforest"}};

// What the reports of all seeds say together.
struct run_summary {
  mean precision;
  mean recall;
  mean f1;
  mean false_flags;
  double drifts = 0;
  double drifts_injected = 0;
  double drifts_found = 0;
  double false_drifts = 0;
  double alarms = 0;
  std::vector<double> delays;
};

std::optional<double> number_at(const nlohmann::json& report, const char* key) {
  const nlohmann::json& value = report.at(key);
  return value.is_null() ? std::nullopt : std::optional(value.get<double>());
}

nlohmann::json simulate(const plan& what, const daemon_process& server, scenario_name name, std::uint64_t seed,
                        bool drifts) {
  const std::string scenario(name_of(name));
  const std::string number = std::to_string(seed);
  std::vector<std::string> command = {what.bin_folder + "/spindrift-sim",
                                      "--server",
                                      server.address(),
                                      "--scenario",
                                      scenario,
                                      "--seed",
                                      number,
                                      "--count",
                                      std::to_string(run_points),
                                      "--rate",
                                      "0",
                                      "--stream",
                                      scenario + '-' + (drifts ? "drift-" : "") + number,
                                      "--report",
                                      "json",
                                      "--quiet"};
  if (drifts) command.insert(command.end(), {"--drift-at", std::to_string(drift_at)});
  const child_result result = support::run_to_end(command);
  const nlohmann::json report = nlohmann::json::parse(result.output, nullptr, false);
  if (result.exit_code != 0 || !report.is_object()) {
    throw std::runtime_error("spindrift-sim --scenario " + scenario + " failed: " + result.errors);
  }
  return report;
}

run_summary simulate_all(const plan& what, const daemon_process& server, scenario_name name, bool drifts) {
  run_summary all;
  for (std::uint64_t seed = 1; seed <= what.scenario_seeds; ++seed) {
    const nlohmann::json report = simulate(what, server, name, seed, drifts);
    all.precision.add(number_at(report, "precision"));
    all.recall.add(number_at(report, "recall"));
    all.f1.add(number_at(report, "f1"));
    all.false_flags.add(number_at(report, "false_flags_per_1000"));
    all.drifts += report.at("drifts").get<double>();
    all.drifts_injected += report.at("drifts_injected").get<double>();
    all.drifts_found += report.at("drifts_found").get<double>();
    all.false_drifts += report.at("false_drifts").get<double>();
    all.alarms += report.at("alarms").get<double>();
    if (const auto delay = number_at(report, "drift_delay_median")) all.delays.push_back(*delay);
  }
  return all;
}

std::string f1_text(const server_kind& server, scenario_name name, const run_summary& all, sheet& out) {
  const auto f1 = all.f1.value();
  const bool is_default = server.arguments.empty();
  if (name == scenario_name::bimodal && &server == &with_forest) return out.at_least(f1, forest_f1_min, 4);
  const bool has_bound = is_default && name != scenario_name::bimodal && name != scenario_name::random;
  return has_bound ? out.at_least(f1, f1_min, 4) : figure(f1, 4);
}

std::string false_flags_text(const server_kind& server, scenario_name name, const run_summary& all, sheet& out) {
  const bool has_bound = server.arguments.empty() && name == scenario_name::random;
  return has_bound ? out.at_most(all.false_flags.value(), false_flags_max, 2) : figure(all.false_flags.value(), 2);
}

// A wave is no stationary stream: now and then its first crests are cut.
std::string drifts_text(const server_kind& server, scenario_name name, const run_summary& all, const plan& what,
                        sheet& out) {
  if (!server.arguments.empty()) return figure(all.drifts, 0);
  const bool is_stationary = name == scenario_name::bimodal || name == scenario_name::random;
  return out.at_most(all.drifts, is_stationary ? 0 : wave_drifts_max * static_cast<double>(what.scenario_seeds), 0);
}

void put_row(const plan& what, const server_kind& kind, const daemon_process& server, scenario_name name, table& into,
             sheet& out) {
  const run_summary all = simulate_all(what, server, name, false);
  into.rows.push_back({std::string(name_of(name)), kind.name, figure(all.precision.value(), 4),
                       figure(all.recall.value(), 4), f1_text(kind, name, all, out), figure(all.f1.least(), 3),
                       false_flags_text(kind, name, all, out), drifts_text(kind, name, all, what, out),
                       figure(all.alarms, 0)});
}

void put_drift_row(const plan& what, const server_kind& kind, const daemon_process& server, scenario_name name,
                   table& into, sheet& out) {
  const run_summary all = simulate_all(what, server, name, true);
  const bool has_bound = kind.arguments.empty();
  const std::string found =
      has_bound ? out.at_least(all.drifts_found, all.drifts_injected, 0) : figure(all.drifts_found, 0);
  into.rows.push_back({std::string(name_of(name)), kind.name, found, figure(median(all.delays), 0),
                       figure(quantile(all.delays, 1), 0), figure(all.false_drifts, 0), figure(all.f1.value(), 4),
                       figure(all.false_flags.value(), 2)});
}

}  // namespace

void report_server(const plan& what, sheet& out) {
  const std::string program = what.bin_folder + "/spindriftd";
  const daemon_process by_default_server(program, by_default.arguments);
  const daemon_process classic_server(program, classic.arguments);
  const daemon_process forest_server(program, with_forest.arguments);

  out.heading("Scenarios through the server");
  out.paragraph("spindrift-sim --count " + std::to_string(run_points) + " against spindriftd, seeds 1 to " +
                std::to_string(what.scenario_seeds) +
                ": means of its reports; false flags per 1,000 points; drifts and " +
                "alarms in all runs together (the scenarios have no drift, so each is false).");
  table runs{{"scenario", "server", "precision", "recall", "F1", "worst F1", "false flags", "drifts", "alarms"}};
  for (const scenario_name name : all_scenarios) {
    put_row(what, by_default, by_default_server, name, runs, out);
    put_row(what, classic, classic_server, name, runs, out);
    if (name == scenario_name::bimodal) put_row(what, with_forest, forest_server, name, runs, out);
  }
  out.put(runs);

  out.paragraph("The same with --drift-at " + std::to_string(drift_at) +
                ": drifts found of as many runs as there are seeds, their delay in points, and false drifts in all.");
  table shifted{{"scenario", "server", "drifts found", "median delay", "longest", "false drifts", "F1", "false flags"}};
  for (const scenario_name name : all_scenarios) {
    put_drift_row(what, by_default, by_default_server, name, shifted, out);
    put_drift_row(what, classic, classic_server, name, shifted, out);
  }
  out.put(shifted);
}

}  // namespace spindrift::quality
