// Adds to the evidence of notices what the settings of their stream make of its numbers: the thresholds. Any thread.
#pragma once

#include <vector>

#include "common/model/event.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

void add_thresholds(std::vector<event>& notices, const detector_settings& settings);

}  // namespace spindrift
