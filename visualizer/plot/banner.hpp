// The strip above the panels: who, how it goes, and the legend. A plot of its own, so that the key belongs to no panel.
// Pure. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "visualizer/plot/layout.hpp"
#include "visualizer/series/scene.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// `drawn`: how many of the panels have room. The list of streams, and lines in place of the panels, are drawn with it.
void append_banner(const scene& shown, const heading& above, const view_settings& settings, const canvas& where,
                   const grid& layout, std::size_t drawn, std::string& out);

}  // namespace spindrift
