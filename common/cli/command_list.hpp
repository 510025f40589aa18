// What programs do besides running, for their --help and manual pages: `spindriftd shadow-report`. Each command has a
// page of its own, `--help` behind it. A plain table; any thread.
#pragma once

#include <string_view>
#include <vector>

namespace spindrift {

struct command_text {
  std::string_view program;
  std::string_view words;  // behind the program's name
  std::string_view help;
};

// Those of a program, in the order of their names; empty: it has none.
std::vector<command_text> commands_of(std::string_view program);

}  // namespace spindrift
