// The option table of the table of streams.
#include "server/engine/engine_options.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/cli/duration.hpp"
#include "common/cli/options.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {
namespace {

// Each star may have to be tried at every place of a name.
constexpr std::ptrdiff_t stars_max = 4;

bool is_pattern(std::string_view text) {
  return !text.empty() && std::count(text.begin(), text.end(), '*') <= stars_max;
}

}  // namespace

using std::chrono::milliseconds;

std::optional<std::string> take_silence(std::string_view text, milliseconds& into) {
  const auto chosen = text == "auto"  ? std::optional(engine_settings::silent_by_habit)
                      : text == "off" ? std::optional(engine_settings::silent_never)
                                      : duration_in(text);
  if (!chosen) return "auto, off or " + std::string(duration_rule);
  into = *chosen;
  return std::nullopt;
}

std::string show_silence(milliseconds chosen) {
  if (chosen == engine_settings::silent_by_habit) return "auto";
  return chosen == engine_settings::silent_never ? "off" : duration_text_of(chosen);
}

void declare(engine_settings& settings, option_set& options) {
  {
    const option_set::live_part live(options);
    options.add_number("--max-streams", "N", "streams at once, 1 to 100000000", settings.streams_max, 1, 100'000'000);
    options.add_milliseconds("--evict-after", "a stream idle for so long may make room for a new one",
                             settings.idle_before_eviction);
  }
  declare_judging(settings, options);
}

void declare_judging(engine_settings& settings, option_set& options) {
  {
    const option_set::live_part live(options);
    options.add({.flag = "--rate",
                 .placeholder = "PATTERN",
                 .help = "streams of these names, * and ? in them, are counts that only grow: judged by their rate; "
                         "may be given several times",
                 .is_repeatable = true,
                 .take = [&settings](std::string_view text) -> std::optional<std::string> {
                   if (!is_pattern(text)) return "a name of a stream with at most four *";
                   settings.counters_of.emplace_back(std::string(text));
                   return std::nullopt;
                 },
                 .show =
                     [&settings] {
                       std::vector<std::string> texts;
                       for (const pattern& named : settings.counters_of) texts.push_back(named.text());
                       return texts;
                     },
                 .clear = [&settings] { settings.counters_of.clear(); }});
    options.add(
        {.flag = "--silence",
         .placeholder = "auto|off|DURATION",
         .help = "a stream without points for so long is told to be silent; auto: by its own habit, at least 30s",
         .take = [&settings](std::string_view text) { return take_silence(text, settings.silent_after); },
         .show = [&settings] { return std::vector<std::string>{show_silence(settings.silent_after)}; }});
  }
  options.add_number("--context-points", "N", "points before an event that are kept for its picture, 0 to 256",
                     settings.context_points, 0, 256);
}

}  // namespace spindrift
