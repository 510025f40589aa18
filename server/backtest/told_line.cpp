// Reads event lines.
#include "server/backtest/told_line.hpp"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "common/protocol/json_value.hpp"

namespace spindrift {
namespace {

using nlohmann::json;

std::string text_of(const json& line, const char* key) {
  const auto found = line.find(key);
  return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::int64_t> number_of(const json& line, const char* key) {
  const auto found = line.find(key);
  if (found == line.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<event_state> state_named(std::string_view name) {
  for (const event_state state : {event_state::open, event_state::update, event_state::closed}) {
    if (name_of(state) == name) return state;
  }
  return std::nullopt;
}

}  // namespace

std::optional<told_line> read_told_line(std::string_view line) {
  const json read = read_json(line);
  if (!read.is_object() || text_of(read, "type") != "event") return std::nullopt;
  const auto kind = event_kind_named(text_of(read, "kind"));
  const auto state = state_named(text_of(read, "state"));
  const auto number = number_of(read, "event");
  const auto from = number_of(read, "from");
  const auto told = number_of(read, "told");
  told_line made;
  made.stream = text_of(read, "stream");
  if (!kind || !state || !from || !told || number.value_or(0) < 1 || made.stream.empty()) return std::nullopt;
  made.feature = text_of(read, "feature");
  made.said.number = static_cast<std::uint64_t>(*number);
  made.said.kind = *kind;
  made.said.state = *state;
  const std::string direction = text_of(read, "direction");
  if (direction == "up") made.said.direction = event_direction::up;
  if (direction == "down") made.said.direction = event_direction::down;
  made.said.severity = static_cast<int>(std::clamp<std::int64_t>(number_of(read, "severity").value_or(1), 1, 100));
  made.said.from = *from;
  made.said.told = *told;
  made.said.from_n = static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(read, "from_n").value_or(0), 0));
  made.said.to = number_of(read, "to");
  made.said.text = text_of(read, "text");
  return made;
}

}  // namespace spindrift
