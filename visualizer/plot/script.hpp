// The gallery -> gnuplot commands for one frame. Pure: text out, no process, no clock, no locale.
//
// A script stands on its own: it resets gnuplot, brings its data along and draws the whole canvas, so any frame may be
// left out. Data come as text in named blocks whose lines begin with a number, not as inline binary records: should
// gnuplot refuse a command, what follows would be read as commands, and the bytes of a double are the sender's to
// choose. Names come in through label.hpp only. The terminal is the caller's to set (terminal.hpp). Any thread.
// Size: at most 16 panels * --points * some 90 bytes. Cost: about 1 ms for 16 panels of 500 points.
#pragma once

#include <string>
#include <string_view>

#include "visualizer/plot/layout.hpp"
#include "visualizer/series/gallery.hpp"
#include "visualizer/series/scene.hpp"
#include "visualizer/series/view.hpp"

namespace spindrift {

// `before_page`: gnuplot commands for when everything has been worked out, right before it is put out.
std::string draw(const scene& shown, const heading& above, const view_settings& settings, const canvas& where,
                 std::string_view before_page = {});
// Without a list and a pane of ADWIN's width.
std::string draw(const gallery& shown, const heading& above, const view_settings& settings, const canvas& where);

}  // namespace spindrift
