// The options of the table of streams: one table, seen in flags, environment, TOML, --help and --print-config. Those of
// the detectors are theirs (server/app/detector_options.hpp).
#pragma once

namespace spindrift {

class option_set;
struct engine_settings;

// The settings must outlive the options.
void declare(engine_settings& settings, option_set& options);

}  // namespace spindrift
