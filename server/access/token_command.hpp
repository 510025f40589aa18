// `spindriftd token new NAME [--publish GLOBS] [--subscribe GLOBS]`: makes a token and the line that admits it.
//
// Prints `token: ...` and the line for the file of tokens; the file itself is left alone, and nothing keeps the token.
// Start-up code: one thread, throws std::runtime_error where there is no randomness.
#pragma once

namespace spindrift {

// Whether the command line is one of these rather than the daemon's.
bool is_token_command(int argc, const char* const* argv);
// Returns the exit code.
int run_token_command(int argc, const char* const* argv);

}  // namespace spindrift
