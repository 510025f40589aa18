// The house, built and taken down: engine, shards, listeners, HTTP, signals.
#pragma once

#include "server/app/config.hpp"

namespace spindrift {

// Runs until a signal ends it; returns the exit code. Prints `listening on HOST:PORT` to stdout for each address once
// all of them are bound. SIGTERM or SIGINT: stops accepting, answers what was read, tells subscribers, and returns
// within 10 s; a second one ends the process at once. SIGHUP: reopens the log file.
int run_daemon(const config& settings);

}  // namespace spindrift
