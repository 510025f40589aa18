// The settings once more, from where they came: command line, environment and file as they are now. For SIGHUP.
// A plain function; any thread, while nobody changes the environment. Throws nothing of its own.
#pragma once

#include <functional>
#include <string>

#include "server/app/config.hpp"

namespace spindrift {

struct reread_settings {
  config chosen;
  std::string wrong;    // in one line; then the rest means nothing
  std::string printed;  // as --print-config would
};
using settings_source = std::function<reread_settings()>;

reread_settings reread(int argc, const char* const* argv);
// The same with --shadow's file in place of --config's, into `chosen.shadow_watched`. What is wrong with it, in one
// line; empty: nothing, or there is no shadow.
std::string read_shadow(int argc, const char* const* argv, config& chosen);
// The keys outside of tables whose lines differ, separated by commas; but for those that are taken at once: what
// concerns detectors, rates, silence and alerts, the log's level, and limits.
std::string keys_that_differ(const std::string& before, const std::string& after);
// What --print-config prints with origins, which then say as well what SIGHUP cannot take.
std::string with_restarts_noted(const std::string& printed);

}  // namespace spindrift
