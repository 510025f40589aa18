// The visualizer as a whole: what is heard goes into the gallery, and from there to gnuplot, to a file, to the page.
#pragma once

#include "visualizer/app/settings.hpp"

namespace spindrift {

// Runs until a signal or until --seconds have passed; returns the exit code. A second signal ends the process at once.
int run_viewer(const viewer_settings& settings);

}  // namespace spindrift
