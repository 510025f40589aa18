// One series -> the commands that draw its panel: data, place, axes, titles, the plot itself. Pure. Any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

#include "visualizer/plot/command.hpp"
#include "visualizer/plot/layout.hpp"
#include "visualizer/series/series.hpp"
#include "visualizer/series/stream_event.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// `panel` numbers the data blocks; of the events those are drawn that are about the series.
void append_panel(const series& shown, const std::deque<stream_event>& events, const view_settings& settings,
                  const canvas& where, const place& at, std::size_t panel, std::string& out);

// Ticks of a time axis, some `ticks` of them.
void append_time_ticks(const axis_range& x, double ticks, std::string& out);
double ticks_on(const canvas& where, const place& at);

}  // namespace spindrift
