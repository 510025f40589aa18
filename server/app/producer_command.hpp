// `spindriftd producer reset NAME`: lets a named producer whose numbering was spoilt begin anew. In the state directory
// when no server holds it, over the wire when one does. The operator's command: run once, prints, gives an exit code.
#pragma once

namespace spindrift {

bool is_producer_command(int argc, const char* const* argv);
int run_producer_command(int argc, const char* const* argv);

}  // namespace spindrift
