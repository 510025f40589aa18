// The options of the store: one table, seen in flags, environment, TOML, --help and --print-config.
#pragma once

namespace spindrift {

class option_set;
struct store_settings;

// The settings must outlive the options.
void declare(store_settings& settings, option_set& options);

}  // namespace spindrift
