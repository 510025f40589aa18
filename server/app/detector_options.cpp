#include "server/app/detector_options.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {
namespace {

// "zscore,adwin" -> the switches. Returns what is allowed when a name is not known.
std::optional<std::string> take_detectors(std::string_view text, detector_settings& settings) {
  detector_settings chosen = settings;
  chosen.zscore_on = chosen.adwin_on = chosen.ensemble_on = chosen.isolation_forest_on = false;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string_view name = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (name == "zscore") {
      chosen.zscore_on = true;
    } else if (name == "adwin") {
      chosen.adwin_on = true;
    } else if (name == "ensemble") {
      chosen.ensemble_on = true;
    } else if (name == "iforest") {
      chosen.isolation_forest_on = true;
    } else {
      return "a comma-separated list of zscore, adwin, ensemble, iforest";
    }
  }
  settings = chosen;
  return std::nullopt;
}

std::vector<std::string> show_detectors(const detector_settings& settings) {
  std::string text;
  const auto put = [&text](bool is_on, std::string_view name) {
    if (!is_on) return;
    if (!text.empty()) text += ',';
    text += name;
  };
  put(settings.zscore_on, "zscore");
  put(settings.adwin_on, "adwin");
  put(settings.ensemble_on, "ensemble");
  put(settings.isolation_forest_on, "iforest");
  return {text};
}

// A number that the detectors' own validate() judges: here it only has to be one.
template <class Number>
std::optional<std::string> take_number(std::string_view text, Number& number, const char* allowed) {
  Number parsed{};
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), parsed);
  if (problem != std::errc{} || end != text.data() + text.size()) return allowed;
  number = parsed;
  return std::nullopt;
}

std::string to_text(double number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

void add_count(option_set& options, std::string flag, std::string placeholder, std::string help, unsigned& target) {
  options.add({.flag = std::move(flag),
               .placeholder = std::move(placeholder),
               .help = std::move(help),
               .take = [&target](std::string_view text) { return take_number(text, target, "a whole number"); },
               .show = [&target] { return std::vector{std::to_string(target)}; }});
}

void add_real(option_set& options, std::string flag, std::string placeholder, std::string help, double& target) {
  options.add({.flag = std::move(flag),
               .placeholder = std::move(placeholder),
               .help = std::move(help),
               .take = [&target](std::string_view text) { return take_number(text, target, "a number"); },
               .show = [&target] { return std::vector{to_text(target)}; }});
}

void add_method(option_set& options, zscore_settings& settings) {
  options.add(
      {.flag = "--zscore-method",
       .placeholder = "robust|classic",
       .help = "the baseline: predictors with a threshold that knows the noise, or mean and deviation of a window",
       .take = [&settings](std::string_view text) -> std::optional<std::string> {
         if (text != "robust" && text != "classic") return "robust or classic";
         settings.method = text == "robust" ? zscore_method::robust : zscore_method::classic;
         return std::nullopt;
       },
       .show =
           [&settings] {
             return std::vector<std::string>{settings.method == zscore_method::robust ? "robust" : "classic"};
           }});
}

}  // namespace

void declare(detector_settings& settings, option_set& options) {
  options.add({.flag = "--detectors",
               .placeholder = "LIST",
               .help = "which detectors run, of zscore, adwin, ensemble, iforest, separated by commas",
               .take = [&settings](std::string_view text) { return take_detectors(text, settings); },
               .show = [&settings] { return show_detectors(settings); },
               .is_comma_list = true});
  add_method(options, settings.zscore);
  options.add_on_off("--zscore-seasonal", "whether the robust baseline looks for a period", settings.zscore.seasonal);
  add_count(options, "--window", "POINTS", "points in the classic baseline", settings.zscore.window);
  add_real(options, "--threshold", "Z",
           "|z| beyond which a point is an anomaly; 0: the method's own, robust 5, classic 3",
           settings.zscore.threshold);
  add_count(options, "--min-samples", "POINTS", "points before a baseline judges", settings.zscore.min_samples);
  add_real(options, "--adwin-delta", "P", "ADWIN's confidence: the chance of a false cut, in (0, 1)",
           settings.adwin.delta);
  add_count(options, "--adwin-clock", "POINTS", "points between two looks of ADWIN for a cut", settings.adwin.clock);
  add_count(options, "--adwin-max-buckets", "N", "buckets a row of ADWIN's histogram, at least 2",
            settings.adwin.max_buckets);
  add_count(options, "--adwin-min-window", "POINTS", "points that both sides of a cut must have",
            settings.adwin.min_window_length);
  add_count(options, "--adwin-grace", "POINTS", "points before ADWIN looks for a first cut",
            settings.adwin.grace_period);
  add_real(options, "--ensemble-threshold", "SCORE",
           "score, a mean of -log10 probabilities, at which the ensemble alarms", settings.ensemble.threshold);
  add_count(options, "--ensemble-quiet", "POINTS", "points after an alarm that raise none",
            settings.ensemble.quiet_points);
  isolation_forest_settings& forest = settings.isolation_forest;
  add_count(options, "--iforest-trees", "N", "trees of the isolation forest", forest.trees);
  add_count(options, "--iforest-sample-size", "POINTS", "points a tree is grown from", forest.sample_size);
  add_count(options, "--iforest-window", "POINTS", "newest points that trees are sampled from", forest.window);
  add_count(options, "--iforest-rebuild-every", "POINTS", "points in which every tree is grown anew",
            forest.rebuild_every);
  add_real(options, "--iforest-contamination", "P", "share of points that the isolation forest flags",
           forest.contamination);
}

}  // namespace spindrift
