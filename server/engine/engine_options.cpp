// The option table of the table of streams.
#include "server/engine/engine_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/cli/options.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {
namespace {

// Each star may have to be tried at every place of a name.
constexpr std::ptrdiff_t stars_max = 4;

bool is_pattern(std::string_view text) {
  return !text.empty() && std::count(text.begin(), text.end(), '*') <= stars_max;
}

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t duration_ms_max = 366 * units.back().second;

// "90s", "5m", "1500ms"; a number alone is seconds.
std::optional<milliseconds> duration_in(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count <= 0) return std::nullopt;
  const std::string_view given(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, unit_ms] : units) {
    if (given != (given.empty() ? "" : name) || (given.empty() && name != "s")) continue;
    return count <= duration_ms_max / unit_ms ? std::optional(milliseconds(count * unit_ms)) : std::nullopt;
  }
  return std::nullopt;
}

std::string duration_text_of(milliseconds wanted) {
  std::string text;
  for (const auto& [name, unit_ms] : units) {
    if (wanted.count() % unit_ms == 0) text = std::to_string(wanted.count() / unit_ms).append(name);
  }
  return text;
}

std::optional<std::string> take_silence(std::string_view text, milliseconds& into) {
  const auto chosen = text == "auto"  ? std::optional(engine_settings::silent_by_habit)
                      : text == "off" ? std::optional(engine_settings::silent_never)
                                      : duration_in(text);
  if (!chosen) return "auto, off or a duration up to 366 days, as 90s, 5m or 2h";
  into = *chosen;
  return std::nullopt;
}

std::string show_silence(milliseconds chosen) {
  if (chosen == engine_settings::silent_by_habit) return "auto";
  return chosen == engine_settings::silent_never ? "off" : duration_text_of(chosen);
}

}  // namespace

void declare(engine_settings& settings, option_set& options) {
  options.add_number("--max-streams", "N", "streams at once, 1 to 100000000", settings.streams_max, 1, 100'000'000);
  options.add_milliseconds("--evict-after", "a stream idle for so long may make room for a new one",
                           settings.idle_before_eviction);
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
  options.add({.flag = "--silence",
               .placeholder = "auto|off|DURATION",
               .help = "a stream without points for so long is told to be silent; auto: by its own habit, at least 30s",
               .take = [&settings](std::string_view text) { return take_silence(text, settings.silent_after); },
               .show = [&settings] { return std::vector<std::string>{show_silence(settings.silent_after)}; }});
  options.add_number("--context-points", "N", "points before an event that are kept for its picture, 0 to 256",
                     settings.context_points, 0, 256);
}

}  // namespace spindrift
