// Declares the flags of the simulator, and judges what they say together.
#include "client/settings.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/replay.hpp"
#include "common/cli/setting_text.hpp"
#include "common/csv/cell.hpp"
#include "common/protocol/name.hpp"
#include "common/protocol/name_limits.hpp"

namespace spindrift {
namespace {

using refusal = std::optional<std::string>;
using texts = std::vector<std::string>;

constexpr std::uint64_t points_most = std::uint64_t{1} << 52U;  // seq and due times stay exact
constexpr std::uint64_t streams_most = 1'000'000;
constexpr std::uint64_t connections_most = 10'000;
constexpr std::uint64_t pipeline_most = 65'536;
constexpr std::uint64_t points_a_stream_default = 2'000;

// A number that may be left out: the default is told in the help, since it depends on other settings.
template <class Number>
void add_optional(option_set& options, std::string flag, std::string placeholder, std::string help,
                  std::optional<Number>& target, Number least, Number most, std::string allowed) {
  option declared;
  declared.flag = std::move(flag);
  declared.placeholder = std::move(placeholder);
  declared.help = std::move(help);
  declared.take = [&target, least, most, allowed = std::move(allowed)](std::string_view text) -> refusal {
    const std::optional<Number> number = whole_text_as<Number>(text);
    if (!number || !(*number >= least && *number <= most)) return allowed;
    target = *number;
    return std::nullopt;
  };
  declared.show = [] { return texts{}; };
  options.add(std::move(declared));
}

void add_server(option_set& options, endpoint& target) {
  option declared;
  declared.flag = "--server";
  declared.placeholder = "HOST:PORT";
  declared.help = "where spindriftd listens";
  declared.take = [&target](std::string_view text) -> refusal {
    const std::optional<endpoint> parsed = endpoint_meant(text);
    if (!parsed || parsed->port == 0) return "HOST:PORT with a port from 1 to 65535";
    target = *parsed;
    return std::nullopt;
  };
  declared.show = [&target] { return texts{to_text(target)}; };
  options.add(std::move(declared));
}

void add_scenario(option_set& options, std::optional<scenario_name>& target) {
  option declared;
  declared.flag = "--scenario";
  declared.placeholder = "sine|bimodal|daily|iot|random";
  declared.help = "which signal to send, with known anomalies in it";
  declared.take = [&target](std::string_view text) -> refusal {
    const std::optional<scenario_name> named = scenario_named(text);
    if (!named) return "sine, bimodal, daily, iot, random";
    target = *named;
    return std::nullopt;
  };
  declared.show = [&target] { return texts{std::string(name_of(target.value_or(scenario_name::sine)))}; };
  options.add(std::move(declared));
}

// Repeatable, and each value may be a comma list: `--drift-at 500,1500` and `--drift-at 500 --drift-at 1500`.
void add_drift_points(option_set& options, std::vector<std::uint64_t>& target) {
  option declared;
  declared.flag = "--drift-at";
  declared.placeholder = "N[,N...]";
  declared.help = "from each stream's N-th point on the level is shifted; the next N shifts it back, and so on";
  declared.is_repeatable = true;
  declared.take = [&target](std::string_view text) -> refusal {
    for (;;) {
      const std::size_t comma = text.find(',');
      const auto number = whole_text_as<std::uint64_t>(text.substr(0, comma));
      if (!number || *number == 0) return "whole numbers from 1, separated by commas";
      target.push_back(*number);
      if (comma == std::string_view::npos) break;
      text.remove_prefix(comma + 1);
    }
    std::sort(target.begin(), target.end());
    target.erase(std::unique(target.begin(), target.end()), target.end());
    return std::nullopt;
  };
  declared.show = [&target] {
    texts shown;
    for (const std::uint64_t drift : target) shown.push_back(std::to_string(drift));
    return shown;
  };
  declared.clear = [&target] { target.clear(); };
  options.add(std::move(declared));
}

// Repeatable, as --drift-at.
void add_injections(option_set& options, std::vector<injection>& target) {
  option declared;
  declared.flag = "--inject";
  declared.placeholder = "KIND@N[xLENGTH][,...]";
  declared.help = "an event from each stream's N-th point on: shift, trend, spread, stuck, silence or missed (a job)";
  declared.is_repeatable = true;
  declared.take = [&target](std::string_view text) -> refusal {
    for (;;) {
      const std::size_t comma = text.find(',');
      const auto wanted = parse_injection(text.substr(0, comma));
      if (!wanted)
        return "shift, trend, spread, stuck, silence or missed, then @ and a point, as stuck@2000 or trend@9x50";
      target.push_back(*wanted);
      if (comma == std::string_view::npos) return std::nullopt;
      text.remove_prefix(comma + 1);
    }
  };
  declared.show = [&target] {
    texts shown;
    for (const injection& wanted : target) shown.push_back(text_of(wanted));
    return shown;
  };
  declared.clear = [&target] { target.clear(); };
  options.add(std::move(declared));
}

void add_value_columns(option_set& options, texts& target) {
  option declared;
  declared.flag = "--value-column";
  declared.placeholder = "V[,W...]";
  declared.help = "columns of --replay by name or 1-based index; several make multivariate points (default: value)";
  declared.take = [&target](std::string_view text) -> refusal {
    target.clear();
    for (;;) {
      const std::size_t comma = text.find(',');
      if (comma == 0 || text.empty()) return "column names or indexes, separated by commas";
      target.emplace_back(text.substr(0, comma));
      if (comma == std::string_view::npos) return std::nullopt;
      text.remove_prefix(comma + 1);
    }
  };
  declared.show = [] { return texts{}; };
  options.add(std::move(declared));
}

std::string base_name(const client_settings& settings) {
  if (!settings.stream.empty()) return settings.stream;
  if (settings.replay_file.empty()) return std::string(name_of(settings.scenario.value_or(scenario_name::sine)));
  constexpr std::size_t room_for_number = 8;
  return wire_name(std::filesystem::path(settings.replay_file).stem().string(),
                   limits::stream_bytes_max - room_for_number);
}

}  // namespace

void declare_options(option_set& options, client_settings& settings) {
  add_server(options, settings.server);
  add_scenario(options, settings.scenario);
  options.add_number("--rate", "POINTS_PER_S", "points a second over all streams; 0: as fast as it can", settings.rate,
                     0, 1e9);
  add_optional<std::uint64_t>(options, "--count", "N",
                              "points in all, dealt to the streams in turn (default: no end at a rate, 2000 a stream "
                              "with --rate 0, the whole file with --replay)",
                              settings.count, 1, points_most, "a whole number from 1 to 2^52");
  add_optional<std::uint64_t>(options, "--streams", "K", "how many streams (default: one a connection)",
                              settings.streams, 1, streams_most, "a whole number from 1 to 1000000");
  options.add_text("--stream", "NAME",
                   "the stream's name, with several streams NAME-1 to NAME-K (default: the scenario's or file's name)",
                   settings.stream);
  options.add_number("--seed", "S", "of the scenario's random numbers: same seed, same points", settings.seed, 0,
                     ~std::uint64_t{0});
  add_optional<double>(options, "--anomaly-rate", "P",
                       "share of points with an injected anomaly (default: the scenario's own, 0 to 0.05)",
                       settings.anomaly_rate, 0.0, 1.0, "a number from 0 to 1");
  add_drift_points(options, settings.drift_points);
  add_injections(options, settings.injected);
  options.add_number("--pipeline", "DEPTH", "most points of a connection without an answer; the server may allow fewer",
                     settings.pipeline, 1, pipeline_most);
  options.add_choice(
      "--replies", "what is asked for: a verdict for each point, marked verdicts and acknowledgements, or those alone",
      {"all", "marked", "errors"}, settings.replies);
  options.add_number("--connections", "C", "connections to the server; a stream stays on one", settings.connections, 1,
                     connections_most);
  options.add_text("--replay", "FILE.csv", "send the rows of this file instead of a scenario", settings.replay_file);
  add_value_columns(options, settings.value_columns);
  options.add_text("--time-column", "T",
                   "column of --replay with the time: RFC 3339, YYYY-MM-DD HH:MM:SS, integer ms or s",
                   settings.time_column);
  options.add_text("--label-column", "L", "column of --replay with the truth: 0, 1, true, false",
                   settings.label_column);
  declare(settings.dialect, options);
  options.add_text("--producer", "NAME", "producer name to resume under (default: unique to the run)",
                   settings.producer);
  options.add_text("--token-file", "FILE", "file whose first line is the token to show to the server",
                   settings.token_file);
  options.add_choice("--report", "form of the report on stdout", {"text", "json"}, settings.report);
  options.add_switch("--quiet", "no progress and no news on stderr; only errors and the report", settings.is_quiet);
}

std::vector<std::string> complaints_about(const client_settings& settings) {
  texts complaints;
  const bool replays = !settings.replay_file.empty();
  if (replays && settings.scenario) {
    complaints.push_back("scenario: " + std::string(name_of(*settings.scenario)) +
                         " with replay; allowed: one of the two");
  }
  if (replays && settings.anomaly_rate) complaints.emplace_back("anomaly-rate: only with a scenario, not with replay");
  if (replays && !settings.drift_points.empty()) {
    complaints.emplace_back("drift-at: only with a scenario, not with replay");
  }
  if (replays && !settings.injected.empty()) complaints.emplace_back("inject: only with a scenario, not with replay");
  if (!replays && !settings.value_columns.empty()) complaints.emplace_back("value-column: only with replay");
  if (!replays && !settings.time_column.empty()) complaints.emplace_back("time-column: only with replay");
  if (!replays && !settings.label_column.empty()) complaints.emplace_back("label-column: only with replay");
  for (const std::string& name : {stream_names(settings).back()}) {
    if (is_name(name, limits::stream_bytes_max)) continue;
    complaints.push_back("stream: '" + name + "'; allowed: " + std::string(name_rule) + ", at most " +
                         std::to_string(limits::stream_bytes_max) + " bytes");
  }
  if (!settings.producer.empty() && !is_plain_name(settings.producer + "-10000", limits::producer_bytes_max)) {
    complaints.push_back("producer: '" + settings.producer + "'; allowed: " + std::string(plain_name_rule) +
                         ", at most " + std::to_string(limits::producer_bytes_max - 6) + " bytes");
  }
  return complaints;
}

std::vector<std::string> stream_names(const client_settings& settings) {
  const std::string base = base_name(settings);
  const std::size_t streams = settings.stream_count();
  if (streams == 1) return {base};
  std::vector<std::string> names;
  names.reserve(streams);
  for (std::size_t i = 1; i <= streams; ++i) names.push_back(base + '-' + std::to_string(i));
  return names;
}

std::optional<std::uint64_t> total_count(const client_settings& settings, std::optional<std::uint64_t> rows) {
  const std::uint64_t streams = settings.stream_count();
  if (rows) return std::min(settings.count.value_or(*rows * streams), *rows * streams);
  if (settings.count) return settings.count;
  if (settings.rate == 0) return points_a_stream_default * streams;
  return std::nullopt;
}

}  // namespace spindrift
