// What kind of line a published line is, and sets of such kinds: what a subscriber wants, what a sink needs. Plain
// data.
#pragma once

#include <cstdint>

namespace spindrift {

enum class line_class : std::uint8_t {
  ordinary = 1,  // a verdict with nothing to say
  marked = 2,    // a verdict that is an anomaly, a drift or an alarm
  event = 4,     // an event that begins or is over
  update = 8,    // an event that became worse, or turned out to be of another kind
};

// Bits of line_class.
using line_classes = std::uint8_t;

constexpr line_classes only(line_class one) {
  return static_cast<line_classes>(one);
}
constexpr line_classes operator|(line_class one, line_class other) {
  return static_cast<line_classes>(only(one) | only(other));
}
constexpr line_classes operator|(line_classes set, line_class one) {
  return static_cast<line_classes>(set | only(one));
}
constexpr bool holds(line_classes set, line_class one) {
  return (set & only(one)) != 0;
}
constexpr bool holds_all(line_classes set, line_classes others) {
  return (others & ~set) == 0;
}

inline constexpr line_classes verdict_lines = line_class::ordinary | line_class::marked;
inline constexpr line_classes event_lines = line_class::event | line_class::update;

}  // namespace spindrift
