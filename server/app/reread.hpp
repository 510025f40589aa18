// The settings once more, from where they came: command line, environment and file as they are now. For SIGHUP.
// A plain function; any thread, while nobody changes the environment. Throws nothing of its own.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "server/app/config.hpp"

namespace spindrift {

using settings_for_restart = std::map<std::string, std::string>;  // key -> value as TOML

struct reread_settings {
  config chosen;
  std::string wrong;                 // in one line; then the rest means nothing
  settings_for_restart for_restart;  // those that only a restart takes
};
using settings_source = std::function<reread_settings()>;

reread_settings reread(int argc, const char* const* argv);
// The same with --shadow's file in place of --config's, into `chosen.shadow_watched`. What is wrong with it, in one
// line; empty: nothing, or there is no shadow.
std::string read_shadow(int argc, const char* const* argv, config& chosen);
// The keys whose values differ, separated by commas.
std::string keys_that_differ(const settings_for_restart& before, const settings_for_restart& after);

}  // namespace spindrift
