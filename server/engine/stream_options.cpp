// What each key of `[[stream]]` takes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cli/duration.hpp"
#include "common/cli/nearest_name.hpp"
#include "common/cli/options.hpp"
#include "common/cli/setting_text.hpp"
#include "common/model/event.hpp"
#include "server/detect/registry.hpp"
#include "server/engine/engine_options.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {
namespace {

constexpr std::size_t pattern_bytes_max = 256;
constexpr std::ptrdiff_t stars_max = 4;
constexpr std::size_t words_bytes_max = 128;
constexpr double threshold_max = 999'999;
constexpr double deviation_max = 1e300;

std::vector<std::string> kind_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < event_kind_count; ++i) names.emplace_back(name_of(static_cast<event_kind>(i)));
  return names;
}

std::vector<std::string> detector_names() {
  std::vector<std::string> names;
  for (const detector_switch& one : detector_switches()) names.emplace_back(one.name);
  return names;
}

void add_match(std::vector<std::string>& target, option_set& keys) {
  keys.add({.flag = "--match",
            .placeholder = "PATTERN",
            .help = "names of streams, * and ? in them; a list or one; the first entry that takes a name is its own",
            .is_repeatable = true,
            .take = [&target](std::string_view text) -> std::optional<std::string> {
              const bool is_good = !text.empty() && text.size() <= pattern_bytes_max &&
                                   std::count(text.begin(), text.end(), '*') <= stars_max;
              if (!is_good) return "a name of a stream with at most four *, 1 to 256 bytes";
              target.emplace_back(text);
              return std::nullopt;
            },
            .show = [&target] { return target; },
            .clear = [&target] { target.clear(); }});
}

// A list of names, each of them known.
void add_names(std::string flag, std::string placeholder, std::string help, std::vector<std::string> known,
               std::vector<std::string>& target, option_set& keys) {
  keys.add({.flag = std::move(flag),
            .placeholder = std::move(placeholder),
            .help = std::move(help) + " " + joined(known, ", "),
            .is_repeatable = true,
            .take = [&target, known](std::string_view text) -> std::optional<std::string> {
              if (std::find(known.begin(), known.end(), text) == known.end()) {
                const near_name near = nearest_name(text, known);
                return joined(known, ", ") + (near.is_likely ? "; did you mean " + near.name : std::string());
              }
              if (std::find(target.begin(), target.end(), text) == target.end()) target.emplace_back(text);
              return std::nullopt;
            },
            .show = [&target] { return target; },
            .clear = [&target] { target.clear(); }});
}

void add_words(std::string flag, std::string help, std::string& target, option_set& keys) {
  keys.add({.flag = std::move(flag),
            .placeholder = "TEXT",
            .help = std::move(help),
            .take = [&target](std::string_view text) -> std::optional<std::string> {
              const bool is_plain =
                  std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
              if (text.size() > words_bytes_max || !is_plain) return "at most 128 bytes without control characters";
              target = text;
              return std::nullopt;
            },
            .show = [&target] { return target.empty() ? std::vector<std::string>{} : std::vector{target}; }});
}

void add_silence(std::optional<std::chrono::milliseconds>& target, option_set& keys) {
  keys.add({.flag = "--silence",
            .placeholder = "auto|off|DURATION",
            .help = "told to be silent after so long without a point; when left out, as for all streams",
            .take = [&target](std::string_view text) -> std::optional<std::string> {
              std::chrono::milliseconds taken{0};
              auto wrong = take_silence(text, taken);
              if (!wrong) target = taken;
              return wrong;
            },
            .show = [&target] { return target ? std::vector{show_silence(*target)} : std::vector<std::string>{}; }});
}

void add_reading(value_reading& target, option_set& keys) {
  keys.add({.flag = "--as",
            .placeholder = "value|rate",
            .help = "what is judged: the values, or the rate at which they grow; when left out, as the source says",
            .take = [&target](std::string_view text) -> std::optional<std::string> {
              if (text != "value" && text != "rate") return "value or rate";
              target = text == "rate" ? value_reading::rate : value_reading::value;
              return std::nullopt;
            },
            .show = [&target]() -> std::vector<std::string> {
              if (target == value_reading::as_sent) return {};
              return {target == value_reading::rate ? "rate" : "value"};
            }});
}

void add_threshold(std::optional<double>& target, option_set& keys) {
  keys.add({.flag = "--threshold",
            .placeholder = "X",
            .help = "|z| beyond which a point is an anomaly, 0 (the method's own) to 999999; when left out, as for all",
            .take = [&target](std::string_view text) -> std::optional<std::string> {
              double taken = 0;
              const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), taken);
              const bool is_good =
                  wrong == std::errc{} && end == text.data() + text.size() && taken >= 0 && taken <= threshold_max;
              if (!is_good) return "a number from 0 to 999999";
              target = taken;
              return std::nullopt;
            },
            .show = [&target] { return target ? std::vector{number_text(*target)} : std::vector<std::string>{}; }});
}

void declare_stream(stream_settings& own, option_set& keys) {
  add_match(own.match, keys);
  keys.add_choice("--direction", "which way a stream must leave what was expected to be flagged and told",
                  {"up", "down", "both"}, own.direction);
  keys.add_number("--min_deviation", "X", "the least deviation that is flagged and told, in the unit of the data",
                  own.min_deviation, 0, deviation_max);
  keys.add_number("--min_relative", "X", "the same as a share of what was expected, as 0.1", own.min_relative, 0,
                  deviation_max);
  add_names("--kinds", "KINDS", "kinds of event that are told, all when left out, of", kind_names(), own.kinds, keys);
  keys.add_number("--severity", "N", "told from this severity on, 1 to 100", own.severity, 1, 100);
  add_silence(own.silence, keys);
  add_reading(own.as, keys);
  add_names("--detectors", "LIST", "which detectors run, as for all streams when left out, of", detector_names(),
            own.detectors, keys);
  add_threshold(own.threshold, keys);
  keys.add_switch("--shared", "whether autoencoder and lstm learn one network for all streams of this entry",
                  own.is_shared);
  add_words("--unit", "unit of the data, as ms: stands behind the numbers of events", own.unit, keys);
  add_words("--title", "what people call the stream; {1} is what the first * of match stands for", own.title, keys);
  keys.add_text("--alert", "NAME", "the [[alert]] that hears of it; when left out, those that match", own.alert);
}

}  // namespace

void declare_streams(engine_settings& settings, option_set& options) {
  options.add_table("stream", "what holds for some streams; the first that matches, defaults last",
                    stream_settings::entries_max, settings.streams, declare_stream);
}

std::vector<std::string> validate(const std::vector<stream_settings>& streams) {
  std::vector<std::string> complaints;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (!streams[i].match.empty()) continue;
    complaints.push_back("[[stream]] " + std::to_string(i + 1) +
                         ": match: missing; allowed: a name of a stream with at most four *, as match = \"db.*\"");
  }
  const auto shared = std::count_if(streams.begin(), streams.end(), [](const auto& one) { return one.is_shared; });
  if (static_cast<std::size_t>(shared) > stream_settings::shared_max) {
    complaints.push_back("[[stream]]: shared: " + std::to_string(shared) + " entries have it; allowed: at most " +
                         std::to_string(stream_settings::shared_max));
  }
  return complaints;
}

}  // namespace spindrift
