// The option table of the store.
#include "server/store/store_options.hpp"

#include <cstdlib>

#include "common/cli/options.hpp"
#include "server/store/settings.hpp"

namespace spindrift {
namespace {

// Where state goes when nobody says: the place that the XDG base directory specification names.
std::string default_state_directory() {
  if (const char* const state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return std::string(state) + "/spindrift";
  }
  if (const char* const home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::string(home) + "/.local/state/spindrift";
  }
  return {};
}

}  // namespace

void declare(store_settings& settings, option_set& options) {
  settings.directory = default_state_directory();
  options.add_text(
      "--state-dir", "DIR|off",
      "where journal, snapshots and history are kept; off: in memory only (default: $XDG_STATE_HOME/spindrift, or "
      "~/.local/state/spindrift)",
      settings.directory);
  options.add({.flag = "--durability",
               .placeholder = "process|fsync|off",
               .help = "what an answered point survives: the end of the process, also that of the machine, or nothing",
               .take = [&settings](std::string_view text) -> std::optional<std::string> {
                 if (text != "process" && text != "fsync" && text != "off") return "process, fsync or off";
                 settings.durability_level = text == "fsync" ? durability::fsync
                                             : text == "off" ? durability::off
                                                             : durability::process;
                 return std::nullopt;
               },
               .show =
                   [&settings] {
                     constexpr const char* names[] = {"off", "process", "fsync"};
                     return std::vector<std::string>{names[static_cast<std::size_t>(settings.durability_level)]};
                   }});
  {
    const option_set::live_part live(options);
    options.add_number("--max-journal", "BYTES",
                       "journal on the disk beyond which points are refused, 1048576 and more; 0: no bound",
                       settings.journal_bytes_max, 0, std::uint64_t{1} << 50U);
  }
  options.add_switch("--repair", "set damaged parts of the journal aside and start from what is before them",
                     settings.repair);
}

}  // namespace spindrift
