// `spindriftd explain-settings NAME [--config FILE ...]`: what holds for the stream of that name, and why. The
// operator's command: run once, prints, gives an exit code; no server need run.
#pragma once

namespace spindrift {

bool is_explain_settings_command(int argc, const char* const* argv);
int run_explain_settings_command(int argc, const char* const* argv);

}  // namespace spindrift
