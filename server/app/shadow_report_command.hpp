// `spindriftd shadow-report`: asks the server that runs what its shadow has found, by --http, and prints it.
// For the main thread, in place of the server.
#pragma once

namespace spindrift {

bool is_shadow_report_command(int argc, const char* const* argv);
int run_shadow_report_command(int argc, const char* const* argv);

}  // namespace spindrift
