// Single pictures: a gnuplot for each, a file that takes its name only when it is whole. Functions; any thread.
#pragma once

#include <optional>
#include <string>

namespace spindrift {

// Whether a file of that name can be made there, before anything is drawn. Returns the reason when it cannot.
std::optional<std::string> find_obstacle(const std::string& file);

// Has gnuplot run the script to its end; it writes to `temporary`, which then takes the name `file` at once. Returns
// why there is no picture. Takes some 200 ms; 30 s at most.
std::optional<std::string> write_picture(const std::string& script, const std::string& temporary,
                                         const std::string& file);

}  // namespace spindrift
