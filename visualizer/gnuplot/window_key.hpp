// Keys that are pressed in gnuplot's window: it prints a line for each, as it is bound to. Pure. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

// The commands that bind every key that a screen_view may want.
std::string key_commands();
// The key of such a line: "key 71" is q. Nothing for any other line.
std::optional<char> key_in(std::string_view line);

}  // namespace spindrift
