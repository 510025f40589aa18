// Events of a stream -> spans on its panel, and the commands that draw them: a pale ground, and a strip at the top with
// the kind's name. Pure. Any thread.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "visualizer/plot/layout.hpp"
#include "visualizer/plot/panel_data.hpp"
#include "visualizer/series/series.hpp"
#include "visualizer/series/stream_event.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// Within the range of x; `event` lives as long as the list it came from.
struct event_span {
  double from = 0;
  double to = 0;
  const stream_event* event = nullptr;
};

// Those events that are about this series and are in view; one that goes on reaches to the newest point.
std::vector<event_span> spans_of(const series& shown, const std::deque<stream_event>& events, x_axis axis,
                                 const axis_range& x);

// "shift up"; an event that goes on ends with an ellipsis.
std::string span_text(const stream_event& event);

// Texts that would cover one another stand on up to three lines; `width`: of the panel's plot, in the canvas's unit.
void append_spans(std::vector<event_span> spans, const axis_range& x, const canvas& where, double width,
                  std::string& out);

}  // namespace spindrift
