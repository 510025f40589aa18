// What whoever draws must know besides the points: how it goes with the server, and how the picture is meant to be.
// Plain data.
#pragma once

#include <string>

namespace spindrift {

// What is said above the panels.
struct heading {
  std::string server;  // HOST:PORT
  std::string state;   // "live", "waiting: connection refused"
};

enum class x_axis { number, time };

struct view_settings {
  double threshold = 5;  // the band is expected ± threshold * sigma; the server's --threshold is not on the wire
  x_axis axis = x_axis::number;
};

}  // namespace spindrift
