// Flags as a program takes them: what the tests of option tables feed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/cli/options.hpp"

namespace spindrift::support {

// Has the flags taken by what `declare_all` adds to an empty set. Returns what is wrong with them, empty: nothing.
// `printed`, where there is one, becomes the settings in force then.
template <class Declare>
std::string take_declared(std::vector<const char*> flags, Declare declare_all, std::string* printed = nullptr) {
  option_set options("program", "");
  declare_all(options);
  flags.insert(flags.begin(), "program");
  const parse_result parsed = options.parse(static_cast<int>(flags.size()), flags.data());
  if (printed != nullptr) *printed = options.print_config();
  return parsed.text;
}

// The same for settings that have a declare() beside them.
template <class Settings>
std::string take_flags(std::vector<const char*> flags, Settings& into, std::string* printed = nullptr) {
  return take_declared(
      std::move(flags), [&into](option_set& options) { declare(into, options); }, printed);
}

}  // namespace spindrift::support
