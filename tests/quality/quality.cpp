// spindrift-quality: how well the detectors do, in Markdown tables, each figure that has a bound held against it. Exit
// code 1 when one misses. docs/detection.md shows a run.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/quality/section.hpp"

namespace {

using namespace spindrift::quality;

struct section {
  const char* name;
  void (*report)(const plan&, sheet&);
};

constexpr section sections[] = {
    {"server", report_server},      {"determinism", report_determinism},
    {"quiet", report_false_flags},  {"levels", report_levels},
    {"spikes", report_spikes},      {"drift", report_drift},
    {"compare", report_contenders}, {"nab", report_nab},
    {"learned", report_learners},   {"shared", report_shared},
    {"events", report_events},      {"ablation", report_ablation},
    {"literal", report_literal},    {"history", report_history},
    {"settings", report_settings},
};

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string machine() {
#ifdef __clang__
  const std::string compiler;  // names itself
#else
  const std::string compiler = "GCC ";
#endif
  double load[1] = {0};
  getloadavg(load, 1);
  return std::to_string(std::thread::hardware_concurrency()) + " x " + processor() + ", load " + figure(load[0], 1) +
         " at the start; " + compiler + __VERSION__;
}

std::string own_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().string();
}

}  // namespace

int main(int argc, char** argv) {
  plan what;
  bool is_quick = false;
  bool is_long = false;
  std::vector<std::string> only;
  what.bin_folder = own_folder();
  if (const char* folder = std::getenv("SPINDRIFT_NAB_DIR")) what.nab_folder = folder;
  CLI::App app("How well the detectors do, held against their bounds; Markdown on stdout, exit code 1 on a miss",
               "spindrift-quality");
  auto* const quick = app.add_flag("--quick", is_quick, "4 seeds but for the scenarios, fewer trials: half a minute");
  app.add_flag("--long", is_long, "five times the points where false drifts are counted")->excludes(quick);
  app.add_option("--nab", what.nab_folder, "folder of the Numenta Anomaly Benchmark (default: $SPINDRIFT_NAB_DIR)");
  app.add_option("--bin", what.bin_folder, "folder with spindriftd, spindrift-sim and spindrift-detect");
  app.add_option("--seeds-before", what.seeds_before,
                 "of the detectors that learn: the first seed is the one after these");
  std::vector<std::string> names;
  for (const section& each : sections) names.emplace_back(each.name);
  app.add_option("--only", only, "parts to run, separated by commas")->delimiter(',')->check(CLI::IsMember(names));
  CLI11_PARSE(app, argc, argv);
  if (is_quick) {
    what.seeds = 4;
    what.case_seeds = 2;
    what.event_seeds = 1;
    what.forest_seeds = 1;
    what.delay_trials = 101;
  }
  if (is_long) what.drift_seeds = 20;

  sheet out(stdout);
  std::printf("Machine: %s.\n\n", machine().c_str());
  try {
    for (const section& each : sections) {
      if (only.empty() || std::find(only.begin(), only.end(), each.name) != only.end()) each.report(what, out);
    }
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "spindrift-quality: %s\n", failure.what());
    return EXIT_FAILURE;
  }
  std::printf("%zu of %zu figures within their bounds.\n", out.n_bounds() - out.n_missed(), out.n_bounds());
  return out.n_missed() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
