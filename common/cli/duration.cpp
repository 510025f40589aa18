// Reads and writes durations with a unit.
#include "common/cli/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace spindrift {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::int64_t duration_ms_max = 366 * units.back().second;

}  // namespace

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

}  // namespace spindrift
