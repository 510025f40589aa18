// The gallery -> gnuplot commands for one frame. Pure: text out, no process, no clock, no locale.
//
// A script stands on its own: it resets gnuplot, brings its data along and draws the whole canvas, so any frame may be
// left out. Data come as text in named blocks whose lines begin with a number, not as inline binary records: should
// gnuplot refuse a command, what follows would be read as commands, and the bytes of a double are the sender's to
// choose. Names come in through label.hpp only. The terminal is the caller's to set (terminal.hpp). Any thread.
// Size: at most 16 panels * --points * some 90 bytes. Cost: about 1 ms for 16 panels of 500 points.
#pragma once

#include <cstdint>
#include <string>

#include "visualizer/gallery.hpp"

namespace spindrift {

struct canvas {
  enum class unit { pixels, cells };
  unit measured_in = unit::pixels;
  unsigned width = 1'400;
  unsigned height = 800;
};

// What is said above the panels.
struct heading {
  std::string server;  // HOST:PORT
  std::string state;   // "live", "waiting: connection refused"
};

enum class x_axis { number, time };

struct script_settings {
  double threshold = 5;  // the band is expected ± threshold * sigma; the server's --threshold is not on the wire
  x_axis axis = x_axis::number;
};

// How many panels fit legibly; the heading says how many are left out.
std::size_t panels_that_fit(const canvas& where);
// A picture's height in pixels for so many panels, each of a size that is pleasant to look at.
canvas picture_canvas(std::size_t panels);

std::string draw(const gallery& what, const heading& above, const script_settings& settings, const canvas& where);

}  // namespace spindrift
