// `spindrift-viz explain STREAM EVENT` and `spindrift-viz mark STREAM EVENT expected|real`: asks the server once,
// prints for people, ends. On the main thread; waits for the server's answer as long as its connection lasts.
#pragma once

#include <string>
#include <string_view>

#include "common/protocol/frame.hpp"
#include "visualizer/app/settings.hpp"

namespace spindrift {

bool is_event_command(int argc, const char* const* argv);
// Returns the exit code: 0; 1 where there is no such event or no server; 64 or 78 for a wrong command line.
int run_event_command(int argc, const char* const* argv);

// The reply to `explain` as lines for people. What is missing in it is left out; text from the server only shows.
std::string explained(std::string_view reply);

// The same, or what the server says in place of an explanation.
std::string answered(std::string_view reply);

// Asks the server, on a connection of its own, and waits; the reply's line. Throws where there is none.
std::string ask_server(const viewer_settings& settings, const command& asked);

}  // namespace spindrift
