// Single pictures: a gnuplot for each, a file that takes its name only when it is whole. Functions; any thread.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "visualizer/plot/layout.hpp"

namespace spindrift {

// Whether a file of that name can be made there, before anything is drawn. Returns the reason when it cannot.
std::optional<std::string> find_obstacle(const std::string& file);

// Has gnuplot run the script to its end; it writes to `temporary`, which then takes the name `file` at once. Returns
// why there is no picture. Takes some 200 ms; 30 s at most.
std::optional<std::string> write_picture(const std::string& script, const std::string& temporary,
                                         const std::string& file);

// The same for a script without its terminal: gnuplot draws on one of those it offers, "png" or "svg" by `kind`, as
// large as `where`.
std::optional<std::string> draw_picture(const std::string& script, const std::string& file, const std::string& kind,
                                        const std::set<std::string>& offered, const canvas& where);

// What gnuplot says while it runs the script: a picture that is text, of 64 KiB at most. Empty where there is none.
std::string draw_text(const std::string& script);

// Keeps a script for whoever wants to change it. Returns why it is not there.
std::optional<std::string> write_script(const std::string& script, const std::string& file);

}  // namespace spindrift
