// One series -> the numbers that gnuplot draws: its data blocks, its ranges, its drift lines. Pure. Any thread.
//
// Blocks are named by the panel's number: $v3 value, $b3 band, $a3 anomalies, $m3 alarms, $g3 labelled (ground truth),
// $d3 drifts, $e3 what lies beyond the axis. A block with nothing in it holds one NaN point, since gnuplot calls an
// empty plot an error. Numbers are finite and within ±1e300, so that no range overflows.
#pragma once

#include <cstddef>
#include <string>

#include "visualizer/plot/command.hpp"
#include "visualizer/series/series.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// Where alarms are marked, in parts of the panel's height.
constexpr double alarm_height = 0.95;

struct panel_ranges {
  axis_range x;
  axis_range y;
};

// The y range holds the values, but for single ones far from the bulk of them, which would squeeze it: four times its
// width; these are marked at the edge. Of the band it holds what does not flatten the values: at most half their own
// span to either side. Room is left at the top for the alarms.
panel_ranges ranges_of(const series& shown, const view_settings& settings);

void append_blocks(const series& shown, const view_settings& settings, const panel_ranges& ranges, std::size_t panel,
                   std::string& out);

}  // namespace spindrift
