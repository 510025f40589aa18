// The options of connections and their limits: one table, seen in flags, environment, TOML, --help and
// --print-config.
#pragma once

namespace spindrift {

class option_set;
struct net_settings;

// The settings must outlive the options.
void declare(net_settings& settings, option_set& options);

}  // namespace spindrift
