// The options of the table of streams: one table, seen in flags, environment, TOML, --help and --print-config. Those of
// the detectors are theirs (server/app/detector_options.hpp).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

class option_set;
struct engine_settings;
struct stream_settings;

// The settings must outlive the options.
void declare(engine_settings& settings, option_set& options);
// Of these, what a point is judged by: the same for whoever runs an engine.
void declare_judging(engine_settings& settings, option_set& options);
// The table [[stream]], whose entries are those of the settings.
void declare_streams(engine_settings& settings, option_set& options);
// What the keys alone do not show: complaints that begin with "[[stream]] 2: KEY".
std::vector<std::string> validate(const std::vector<stream_settings>& streams);
// "auto", "off" or a duration.
std::optional<std::string> take_silence(std::string_view text, std::chrono::milliseconds& into);
std::string show_silence(std::chrono::milliseconds chosen);

}  // namespace spindrift
