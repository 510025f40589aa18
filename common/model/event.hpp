// What happened to a stream, told once: one notice of the event layer. `open` when it is told, `update` when it became
// worse or turns out to be of another kind, `closed` when it is over. (stream, number) names an event for ever.
//
// Plain data that owns its text; the stream's and the feature's names stand beside it. Copied freely; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

enum class event_kind : std::uint8_t {
  spike,       // a few points out of line, then back
  shift,       // a new level
  trend,       // a slope that was not there
  spread,      // the scatter changed
  stuck,       // stands still for longer than this stream ever does
  silent,      // no points for longer than this stream's habit
  pattern,     // not what this hour, minute or weekday is used to
  relation,    // values of one point that went together no longer do
  unreadable,  // what the source sends is refused for longer than its habit
};
inline constexpr std::size_t event_kind_count = 9;

enum class event_state : std::uint8_t { open, update, closed };
enum class event_direction : std::uint8_t { none, up, down };

constexpr std::string_view name_of(event_kind kind) {
  constexpr std::array<std::string_view, event_kind_count> names = {
      "spike", "shift", "trend", "spread", "stuck", "silent", "pattern", "relation", "unreadable"};
  return names[static_cast<std::size_t>(kind)];
}
constexpr std::optional<event_kind> event_kind_named(std::string_view name) {
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    if (name_of(static_cast<event_kind>(i)) == name) return static_cast<event_kind>(i);
  }
  return std::nullopt;
}
// "spike, shift, ...": all of them, for whoever must say what is allowed.
inline std::string event_kinds_text() {
  std::string all;
  for (std::size_t i = 0; i < event_kind_count; ++i) {
    all.append(all.empty() ? "" : ", ").append(name_of(static_cast<event_kind>(i)));
  }
  return all;
}
constexpr std::string_view name_of(event_state state) {
  constexpr std::array<std::string_view, 3> names = {"open", "update", "closed"};
  return names[static_cast<std::size_t>(state)];
}
// Empty where an event has no direction.
constexpr std::string_view name_of(event_direction direction) {
  constexpr std::array<std::string_view, 3> names = {"", "up", "down"};
  return names[static_cast<std::size_t>(direction)];
}

struct explanation;

struct event {
  std::uint64_t number = 0;  // counts the events of a stream from 1
  event_state state = event_state::open;
  event_kind kind = event_kind::spike;
  event_direction direction = event_direction::none;
  std::size_t feature = 0;  // in the stream's own order
  int severity = 1;         // 1 to 100
  std::uint64_t told_n = 0;
  std::int64_t told = 0;  // times are event times, milliseconds since the Unix epoch
  std::uint64_t from_n = 0;
  std::int64_t from = 0;
  std::optional<std::uint64_t> to_n{};  // the last point that belongs to it, once it is over
  std::optional<std::int64_t> to{};
  std::uint64_t points = 0;
  double value = 0;  // of the most extreme point so far
  double expected = 0;
  std::optional<double> before{};  // levels of a shift or trend, sigmas of a spread
  std::optional<double> after{};
  bool accepted = false;  // over because it became the new normal
  std::string text;
  // Of the notice that opened it, and of those behind which more of its picture is known; else null.
  std::shared_ptr<const explanation> why{};
  bool is_picture_alone = false;  // told to nobody: the history's picture of it has grown
};

}  // namespace spindrift
