// Ranges and ticks of the axes; the page has the same (web/page/scale.js). Pure. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "visualizer/plot/command.hpp"

namespace spindrift {

// Ranges that gnuplot can draw: not empty. Values may lie as close together as doubles and 15 digits tell them apart.
axis_range opened_values(axis_range range);
// Of numbers and of times: any two that differ make a range, however large they are.
axis_range opened_x(axis_range range);

// Seconds between the ticks of a time axis, so that some `count` of them fill the span: milliseconds to a day.
// 0: more than a day, which gnuplot divides better, since it knows months.
double time_step(double span_seconds, double count);
// gnuplot's format where time_step() returned 0.
std::string date_format(double span_seconds);
// What stands at a tick; `step` as time_step() returned it. Ours, since gnuplot cuts 4.0 to 3.9 where a double is a
// hair below. Empty for times beyond the calendar.
std::string time_tick(double seconds, double step, double span_seconds);
// Between the ticks of values: 1, 2 or 5 times a power of ten, so that `count` of them or fewer fill the range.
// 0: the range is empty, or too large for a double.
double value_step(const axis_range& range, double count);
// gnuplot's format for the values: as many digits as tell the ticks apart.
std::string value_format(const axis_range& range);
// How many characters the longest of such values may have.
std::size_t value_characters(const axis_range& range);

}  // namespace spindrift
