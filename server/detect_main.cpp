// spindrift-detect: the daemon's engine on a file or a pipe, without a network.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "server/app/detector_options.hpp"
#include "server/backtest/backtest.hpp"

namespace {

using namespace spindrift;

std::vector<std::string> validate(const backtest_settings& settings, bool adwin_only, const std::string& mode) {
  auto complaints = validate(settings.detectors);
  if (!adwin_only && mode != "default") complaints.emplace_back("--adwin-mode: only with --adwin-only");
  if (adwin_only && (settings.only_summary || settings.only_events)) {
    complaints.emplace_back("--format: not with --adwin-only, which prints an object of its own");
  }
  if (adwin_only && !settings.output.empty()) complaints.emplace_back("--output: not with --adwin-only");
  return complaints;
}

int run(const backtest_settings& settings, bool adwin_only, const std::string& mode) {
  try {
    if (adwin_only) return run_adwin_only({settings.file, settings.columns, settings.detectors.adwin, mode}, stdout);
    return run_backtest(settings, stdout);
  } catch (const std::exception& failure) {
    complain("spindrift-detect", failure.what());
    return exit_failure;
  }
}

}  // namespace

int main(int argc, char** argv) {
  backtest_settings settings;
  std::string format = "auto";
  bool adwin_only = false;
  std::string mode = "default";
  option_set options("spindrift-detect",
                     "runs the detectors over a file or standard input: CSV, bare values or JSON lines");
  options.add_positional("FILE", "what to read; standard input when it is left out or -", settings.file);
  declare(settings.detectors, options);
  options.add_text("--value-column", "V[,W...]", "columns with the values, by name or by number from 1",
                   settings.columns.value_column);
  options.add_text("--time-column", "T", "column with the event time", settings.columns.time_column);
  options.add_text("--label-column", "L", "column with the ground truth, 0 or 1", settings.columns.label_column);
  declare(settings.columns.dialect, options);
  options.add_choice(
      "--format",
      "verdict lines as on the wire with event lines behind them, event lines alone, or one object that counts; auto: "
      "verdicts, and with --output none of them",
      {"auto", "verdicts", "events", "summary"}, format);
  options.add_text("--output", "FILE",
                   "draws the whole file with its events: a picture (.svg), or a page with it (.html)",
                   settings.output);
  options.add_switch("--adwin-only", "ADWIN alone: one object with its cuts and its final state", adwin_only);
  options.add_choice("--adwin-mode", "the server's ADWIN, or river's bit for bit (its core, or the class around it)",
                     {"default", "core", "wrapper"}, mode);
  const parse_result parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return tell(parsed);
  settings.only_summary = format == "summary";
  settings.only_events = format == "events";
  settings.says_nothing = format == "auto" && !settings.output.empty();
  const parse_result judged = options.judge(validate(settings, adwin_only, mode));
  if (!judged.proceeds) return tell(judged);
  return run(settings, adwin_only, mode);
}
