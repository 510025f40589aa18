// The ranked list of streams at the left, and lines of text in place of panels: labels of the strip above (banner.hpp).
// Pure. Any thread.
#pragma once

#include <string>

#include "visualizer/plot/layout.hpp"
#include "visualizer/series/scene.hpp"

namespace spindrift {

void append_list(const scene& shown, const canvas& where, std::string& out);
// As many as there is room for.
void append_lines(const scene& shown, const canvas& where, std::string& out);
// "12 s", "3 min", "2 h", "4 d".
std::string age_text(std::int64_t milliseconds);

}  // namespace spindrift
