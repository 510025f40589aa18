// Adds to the evidence of notices what only the stream knows: the thresholds that its settings make of the numbers, and
// the names of its features. Any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/model/event.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

void complete_evidence(std::vector<event>& notices, const detector_settings& settings,
                       std::span<const std::string> features);

}  // namespace spindrift
