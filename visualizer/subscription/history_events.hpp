// The events of a reply to `history`. Pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include "visualizer/series/stream_event.hpp"

namespace spindrift {

// In the order of the reply: the newest last. What is no event (a verdict line of a version before events) and what is
// of a form that we do not know is left out.
std::vector<stream_event> events_of_history(const std::string& reply);

}  // namespace spindrift
