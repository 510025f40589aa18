// What one frame shows: panels, the ranked list of streams beside them, ADWIN's width below, and what is said above.
// Plain data. Bounded by what made it (screen_view.hpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "visualizer/series/gallery.hpp"

namespace spindrift {

// A stream in the list.
struct list_row {
  std::string name{};
  std::string title{};    // what people call it; empty: nobody has said
  std::string unit{};     // of its value; empty: nobody has said
  std::string kind{};     // of its worst open event, or of what was told lately; empty: of nothing
  unsigned severity = 0;  // of that
  bool is_open = false;
  double value = 0;
  bool has_value = false;
  std::int64_t age_ms = 0;
  bool is_stale = false;
  bool is_shown = false;  // it has a panel
};

// The length of ADWIN's window: from one known point to the next it grows by a point each.
struct width_point {
  std::uint64_t n = 0;
  std::int64_t ts = 0;
  double width = 0;
};

// How many panels and rows the canvas has room for.
struct screen_room {
  std::size_t panels = 1;
  std::size_t panels_beside_list = 1;
  std::size_t panels_above_widths = 1;
  std::size_t rows = 0;  // of the list; 0: no room for one

  bool operator==(const screen_room&) const = default;
};

struct scene {
  explicit scene(std::size_t points_max = 1) : shown(points_max) {}

  gallery shown;
  std::vector<list_row> rows;  // empty: every stream has its panels
  std::size_t found = 0;       // streams that the search leaves, with a panel or without
  std::vector<width_point> widths;
  bool has_widths = false;         // there is a pane for them, be it empty
  std::string status;              // "paused", what is typed
  std::vector<std::string> lines;  // said in place of the panels
};

}  // namespace spindrift
