#include "server/detect/zscore.hpp"

#include <charconv>

namespace spindrift {
namespace {

constexpr unsigned window_min = 2;
constexpr unsigned window_max = 1'000'000;
constexpr unsigned samples_min = 2;
constexpr double threshold_max = 1'000'000;

// Shortest text that reads back the same: std::to_string would show 1e-9 as 0.000000.
std::string text_of(double value) {
  char text[32];
  auto end = std::to_chars(text, text + sizeof text, value).ptr;
  return {text, end};
}

}  // namespace

std::vector<std::string> validate(const zscore_settings& settings) {
  std::vector<std::string> complaints;
  if (settings.window < window_min || settings.window > window_max) {
    complaints.push_back("--window " + std::to_string(settings.window) + ": must be from " +
                         std::to_string(window_min) + " to " + std::to_string(window_max) + " points");
  }
  if (!(settings.threshold >= 0 && settings.threshold <= threshold_max)) {
    complaints.push_back("--threshold " + text_of(settings.threshold) + ": must be from 0 (the method's own) to " +
                         std::to_string(static_cast<unsigned>(threshold_max)));
  }
  // A classic baseline never holds more than its window; beyond that it would stay in warm-up for ever.
  const unsigned samples_max = settings.method == zscore_method::classic ? settings.window : window_max;
  if (settings.min_samples < samples_min || settings.min_samples > samples_max) {
    complaints.push_back("--min-samples " + std::to_string(settings.min_samples) + ": must be from " +
                         std::to_string(samples_min) + " to " + std::to_string(samples_max) +
                         (settings.method == zscore_method::classic ? " (--window)" : ""));
  }
  if (settings.seasonal && settings.method == zscore_method::classic) {
    complaints.push_back("--zscore-seasonal on: only --zscore-method robust has it; use off");
  }
  return complaints;
}

}  // namespace spindrift
