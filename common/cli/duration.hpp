// Durations as people write them: "90s", "5m", "1500ms", "2h", "1d"; a number alone is seconds. Pure functions.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

inline constexpr std::string_view duration_rule = "a duration up to 366 days, as 90s, 5m or 2h";

// More than nothing, at most 366 days; else empty.
std::optional<std::chrono::milliseconds> duration_in(std::string_view text);
// The largest unit that says it exactly.
std::string duration_text_of(std::chrono::milliseconds wanted);

}  // namespace spindrift
