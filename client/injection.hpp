// Events that a scenario injects on request, beside its single anomalous points: what people would want to be told of.
//
//   shift   the level moves for good, by what an injected drift moves it       told as shift or trend
//   trend   it rises to twice that over the length (300 points), and stays     trend or shift
//   spread  noise of half of that is added for the length (200)                spread
//   stuck   every point has the value of the first for the length (100)        stuck
//   silence no points for so many intervals of event time (600)                silent
//   missed  a job, three points of three times that every 60 points, does      pattern
//           not run once; where one is to be missed it runs from the start
//
// Plain data and pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

enum class injected_event : std::uint8_t { shift, trend, spread, stuck, silence, missed };
inline constexpr std::size_t injected_event_count = 6;

struct injection {
  injected_event kind = injected_event::shift;
  std::uint64_t at = 1;      // the first point that it touches, from 1
  std::uint64_t length = 0;  // points; of a shift 0
};

inline constexpr std::uint64_t job_period = 60;
inline constexpr std::uint64_t job_points = 3;

std::string_view name_of(injected_event kind);
// "shift@2000" or "trend@3000x500"; empty: it is neither.
std::optional<injection> parse_injection(std::string_view text);
std::string text_of(const injection& wanted);
// Whether an event of this name, as servers call it, says what was injected.
bool says(std::string_view told_kind, injected_event injected);
// The point at which it begins: a job is missed when it would have run.
std::uint64_t begin_of(const injection& wanted);

}  // namespace spindrift
