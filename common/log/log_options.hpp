// The options of the log: one table, seen in flags, environment, TOML, --help and --print-config.
#pragma once

namespace spindrift {

class option_set;
struct log_settings;

// The settings must outlive the options.
void declare(log_settings& settings, option_set& options);

}  // namespace spindrift
