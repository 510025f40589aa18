// The pane below the panels of one stream: how long ADWIN's window is, along the same axis. Pure. Any thread.
#pragma once

#include <string>

#include "visualizer/plot/layout.hpp"
#include "visualizer/series/scene.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// The scene has a panel.
void append_widths(const scene& shown, const view_settings& settings, const canvas& where, const place& at,
                   std::string& out);

}  // namespace spindrift
