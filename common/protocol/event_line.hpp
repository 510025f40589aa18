// Which lines tell of an event, by their first bytes, as encode() writes them: for who passes them over among verdicts
// or points and need not parse them. Pure. Any thread.
#pragma once

#include <string_view>

namespace spindrift {

constexpr bool is_event_line(std::string_view line) {
  return line.starts_with(R"({"type":"event","event":)");
}

}  // namespace spindrift
