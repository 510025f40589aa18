// `spindriftd import --stream S FILE.csv`: lets a stream learn from history, and tells nobody of it. Into the state
// directory when no server holds it, over the wire when one does. The operator's command: run once, prints, gives an
// exit code.
//
// The file is read whole before a point is learned, so a bad row costs nothing: 8 bytes a value and 8 a time.
#pragma once

namespace spindrift {

bool is_import_command(int argc, const char* const* argv);
int run_import_command(int argc, const char* const* argv);

}  // namespace spindrift
