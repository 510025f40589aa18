// The engine on a file or a pipe: points in, verdict lines or a summary out. What the daemon would have answered, since
// it is the same engine, decoder and encoder.
#pragma once

#include <cstdio>
#include <string>

#include "server/backtest/table.hpp"
#include "server/detect/adwin.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {

struct backtest_settings {
  std::string file;  // empty or "-": standard input
  table_settings columns;
  engine_settings watched;
  bool only_summary = false;
  bool only_events = false;
  bool says_nothing = false;  // the report says it all
  std::string output;         // a picture (.svg) or a report (.html) of it; empty: none
};

// Writes to `out`; returns the exit code. JSON lines go through the protocol's own decoder, so that each may name its
// stream; CSV rows are points of the stream "default". A line that is no point costs one error line, as on the wire.
// What has no time has that of its arrival: for a file, whose lines are all there, that is the beginning of the run.
int run_backtest(const backtest_settings& settings, std::FILE* out);

struct adwin_only_settings {
  std::string file;
  table_settings columns;
  adwin_settings adwin;
  std::string mode = "default";  // what the server runs; "core" and "wrapper": bit for bit river's
};

// ADWIN alone: one JSON object of what it found.
int run_adwin_only(const adwin_only_settings& settings, std::FILE* out);

}  // namespace spindrift
