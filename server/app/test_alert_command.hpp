// `spindriftd test-alert NAME`: sends one made-up event to an alert, as the daemon would, and says what became of it.
// Needs no running daemon; the settings are those of the command line, the environment and the file.
#pragma once

namespace spindrift {

bool is_test_alert_command(int argc, const char* const* argv);
// Returns the exit code: 0 acknowledged, 1 not.
int run_test_alert_command(int argc, const char* const* argv);

}  // namespace spindrift
