// spindrift-detect: the daemon's engine on a file or a pipe, without a network.
#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"
#include "server/app/config.hpp"
#include "server/backtest/backtest.hpp"
#include "server/backtest/rehearsal.hpp"

namespace {

using namespace spindrift;

constexpr const char* program = "spindrift-detect";

// What the command line says, but for the detectors, which are the daemon's.
struct command {
  backtest_settings settings;
  std::string config;
  std::string against;
  std::string before = "auto";
  std::string format = "auto";
  bool adwin_only = false;
  std::string mode = "default";
};

void declare(command& given, detector_settings& detectors, option_set& options) {
  table_settings& columns = given.settings.columns;
  options.add_positional("FILE", "what to read; standard input when it is left out or -", given.settings.file);
  options.add_text("--config", "FILE",
                   "TOML file of the server: its detectors, --rate, and what holds for some streams", given.config);
  declare(detectors, options);
  options.add_text("--value-column", "V[,W...]", "columns with the values, by name or by number from 1",
                   columns.value_column);
  options.add_text("--time-column", "T", "column with the event time", columns.time_column);
  options.add_text("--label-column", "L", "column with the ground truth, 0 or 1", columns.label_column);
  options.add_text("--stream-name", "NAME", "which stream rows and bare values are of", columns.stream);
  declare(columns.dialect, options);
  options.add_choice(
      "--format",
      "verdict lines as on the wire with event lines behind them, event lines alone, or one object that counts; auto: "
      "verdicts, and with --output none of them; with --against words, or one object",
      {"auto", "verdicts", "events", "summary"}, given.format);
  options.add_text("--output", "FILE",
                   "draws the whole file with its events: a picture (.svg), or a page with it (.html)",
                   given.settings.output);
  options.add_text("--against", "RECORDING",
                   "a rehearsal, in place of FILE: which notices would be gone with these settings, and which new",
                   given.against);
  options.add_text(
      "--before", "FILE|defaults|told|auto",
      "what --against compares with: another file of the server, no settings at all, or what the recording "
      "says was told; auto: that where it says so, else the defaults",
      given.before);
  options.add_switch("--adwin-only", "ADWIN alone: one object with its cuts and its final state", given.adwin_only);
  options.add_choice("--adwin-mode", "the server's ADWIN, or river's bit for bit (its core, or the class around it)",
                     {"default", "core", "wrapper"}, given.mode);
}

// What --adwin-only reads, besides FILE. A flag for anything else would do nothing. --format, --output and --against
// are refused with reasons of their own; a file and the environment may hold what other runs read.
constexpr std::array<std::string_view, 14> flags_for_adwin = {
    "--adwin-only",       "--adwin-mode",  "--adwin-delta",  "--adwin-clock", "--adwin-max-buckets",
    "--adwin-min-window", "--adwin-grace", "--value-column", "--delimiter",   "--decimal",
    "--skip-bad",         "--format",      "--output",       "--against"};

std::vector<std::string> needless_for_adwin(const std::vector<std::string>& flags) {
  std::vector<std::string> complaints;
  for (const std::string& flag : flags) {
    if (std::find(flags_for_adwin.begin(), flags_for_adwin.end(), flag) != flags_for_adwin.end()) continue;
    complaints.push_back(flag +
                         ": not with --adwin-only, which reads --adwin-..., --value-column, --delimiter, "
                         "--decimal and --skip-bad");
  }
  return complaints;
}

std::vector<std::string> validate(const command& given, const detector_settings& detectors) {
  auto complaints = validate(detectors);
  if (!given.adwin_only && given.mode != "default") complaints.emplace_back("--adwin-mode: only with --adwin-only");
  if (given.adwin_only && (given.settings.only_summary || given.settings.only_events)) {
    complaints.emplace_back("--format: not with --adwin-only, which prints an object of its own");
  }
  if (given.adwin_only && !given.settings.output.empty()) complaints.emplace_back("--output: not with --adwin-only");
  const std::string& name = given.settings.columns.stream;
  if (!is_name(name, limits::stream_bytes_max)) {
    complaints.emplace_back("--stream-name: not a name: " + std::string(name_rule) + ", of 1 to 256 bytes");
  }
  if (given.against.empty()) {
    if (given.before != "auto") complaints.emplace_back("--before: only with --against");
    return complaints;
  }
  if (given.adwin_only) complaints.emplace_back("--against: not with --adwin-only");
  if (!given.settings.output.empty()) complaints.emplace_back("--output: not with --against, which draws nothing");
  if (!given.settings.file.empty()) {
    complaints.emplace_back("--against: not with FILE: the recording is what is read, as in --against " +
                            given.settings.file);
  }
  if (given.format != "auto" && given.format != "summary") {
    complaints.emplace_back("--format: " + given.format + " is not allowed with --against: auto (words) or summary");
  }
  return complaints;
}

// A file of the server, every key of it, whatever of that matters here.
parse_result read_server_file(const std::string& file, config& chosen) {
  option_set options(program, "");
  declare(chosen, options);
  chosen.store.directory = "off";
  const std::array<const char*, 3> words = {program, "--config", file.c_str()};
  const parse_result parsed = options.parse(static_cast<int>(words.size()), words.data());
  return parsed.proceeds ? options.judge(validate(chosen)) : parsed;
}

int rehearse(const command& given, const engine_settings& watched) {
  rehearsal_settings made;
  made.recording = given.against;
  made.columns = given.settings.columns;
  made.after = watched;
  made.after_name = given.config.empty() ? "the command line" : given.config;
  made.as_json = given.format == "summary";
  const bool is_auto = given.before == "auto";
  // Standard input is read once.
  made.is_before_told = given.before == "told" || (is_auto && given.against != "-" && tells_of_events(given.against));
  made.before_name = made.is_before_told ? "what was told" : "the defaults";
  if (!is_auto && given.before != "told" && given.before != "defaults") {
    config old;
    const parse_result read = read_server_file(given.before, old);
    if (!read.proceeds) return tell(read);
    made.before = old.engine;
    made.before_name = given.before;
  }
  return run_rehearsal(made, stdout);
}

int run(const command& given, const engine_settings& watched) {
  try {
    if (!given.against.empty()) return rehearse(given, watched);
    if (given.adwin_only) {
      return run_adwin_only({given.settings.file, given.settings.columns, watched.detectors.adwin, given.mode}, stdout);
    }
    return run_backtest(given.settings, stdout);
  } catch (const std::exception& failure) {
    complain(program, failure.what());
    return exit_failure;
  }
}

// Into `chosen` goes what the file says, then what the environment and the flags do. Help and mistakes come first.
parse_result read_settings(int argc, const char* const* argv, command& given, config& chosen) {
  constexpr const char* purpose = "runs the detectors over a file or standard input: CSV, bare values or JSON lines";
  command first;
  detector_settings any;
  option_set names(program, purpose);
  declare(first, any, names);
  parse_result parsed = names.parse(argc, argv);
  if (parsed.proceeds && !first.config.empty()) parsed = read_server_file(first.config, chosen);
  if (!parsed.proceeds) return parsed;
  option_set options(program, purpose);
  declare(given, chosen.engine.detectors, options);
  parsed = options.parse(argc, argv);
  if (!parsed.proceeds) return parsed;
  given.settings.watched = chosen.engine;
  given.settings.only_summary = given.format == "summary";
  given.settings.only_events = given.format == "events";
  given.settings.says_nothing = given.format == "auto" && !given.settings.output.empty();
  auto complaints = validate(given, chosen.engine.detectors);
  if (given.adwin_only) {
    const auto needless = needless_for_adwin(options.flags_given());
    complaints.insert(complaints.end(), needless.begin(), needless.end());
  }
  return options.judge(complaints);
}

}  // namespace

int main(int argc, char** argv) {
  command given;
  config chosen;
  const parse_result read = read_settings(argc, argv, given, chosen);
  return read.proceeds ? run(given, given.settings.watched) : tell(read);
}
