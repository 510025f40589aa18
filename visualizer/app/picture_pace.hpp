// When the next picture of --output is due: soon while there is nothing to see, for somebody waits for the first; then
// every few seconds, since a picture is a process and a file each time; ever later while drawing fails. Plain value.
#pragma once

#include <chrono>

#include "visualizer/gnuplot/back_off.hpp"

namespace spindrift {

enum class picture_outcome { nothing_to_see, drawn, failed };

class picture_pace {
public:
  // How long to wait for the next one, after what came of the last; at the start nothing is to be seen.
  std::chrono::milliseconds after(picture_outcome last) {
    if (last == picture_outcome::nothing_to_see) return std::chrono::seconds(1);
    if (last == picture_outcome::drawn) pauses_.reset();
    return pauses_.take();
  }

private:
  back_off pauses_{std::chrono::seconds(5), std::chrono::minutes(1)};
};

}  // namespace spindrift
