// One series -> the commands that draw its panel: data, place, axes, titles, the plot itself. Pure. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "visualizer/plot/layout.hpp"
#include "visualizer/series/series.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// `panel` numbers the data blocks.
void append_panel(const series& shown, const view_settings& settings, const canvas& where, const place& at,
                  std::size_t panel, std::string& out);

}  // namespace spindrift
