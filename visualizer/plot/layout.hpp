// Where the panels stand on the canvas, and how many there is room for. Pure. Any thread.
#pragma once

#include <cstddef>
#include <string>

#include "visualizer/series/scene.hpp"

namespace spindrift {

struct canvas {
  enum class unit { pixels, cells };
  unit measured_in = unit::pixels;
  unsigned width = 1'400;
  unsigned height = 800;

  bool is_text() const { return measured_in == unit::cells; }
};

// Of a terminal: the title, and a line below it.
constexpr unsigned heading_rows = 2;
// How wide the list is in a picture; in a terminal by its width.
constexpr unsigned list_pixels = 330;

// Where one panel stands, in parts of the screen.
struct place {
  double left = 0, bottom = 0, width = 1, height = 1;
};

struct grid {
  std::size_t columns = 1;
  std::size_t rows = 1;
  double heading = 0;  // height of the strip above, in parts of the screen
  double list = 0;     // width of the list at the left
  double widths = 0;   // height of the pane of ADWIN's width below

  place of(std::size_t panel) const;
  place of_widths() const { return {list, 0, 1 - list, widths}; }
};

// What stands beside the panels.
struct strips {
  bool has_list = false;
  bool has_widths = false;
};

// How many panels fit legibly; the heading says how many are left out.
std::size_t panels_that_fit(const canvas& where, const strips& beside = {});
screen_room room_on(const canvas& where);
grid grid_for(const canvas& where, std::size_t panels, const strips& beside = {});
// Characters of a row of the list; 0: the canvas is too narrow for one.
std::size_t list_characters(const canvas& where);
// A picture's height in pixels for so many panels, each of a size that is pleasant to look at.
canvas picture_canvas(std::size_t panels, const strips& beside = {});

void append_place(const place& at, std::string& out);
// What the panel's edges need: numbers of so many characters at the left, title above, tics and caption below.
void append_margins(const place& at, const canvas& where, std::size_t characters, std::string& out);
// Between the edges that these leave, in the canvas's unit.
double plot_width(const place& at, const canvas& where, std::size_t characters);
double plot_height(const place& at, const canvas& where);

}  // namespace spindrift
