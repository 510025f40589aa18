// The server, built and taken down: engine, shards, listeners, HTTP, signals.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/app/config.hpp"
#include "server/app/outside_intake.hpp"
#include "server/app/reread.hpp"

namespace spindrift {

// Makes what --feed-from-kafka reads from, or says why not; null: this program was built without it.
using outside_maker = std::unique_ptr<outside_source> (*)(const feed_settings& chosen, bool is_insecure,
                                                          std::vector<std::string>& complaints);

// Runs until a signal ends it; returns the exit code. Prints `listening on HOST:PORT` to stdout for each address once
// all of them are bound. SIGTERM or SIGINT: stops accepting, answers what was read, tells subscribers, and returns
// within 10 s; a second one ends the process at once. SIGHUP: reopens the log file, and takes
// from `again` what can change while it runs.
int run_daemon(const config& settings, settings_source again, outside_maker make_outside = nullptr);

// What run_daemon() would refuse in the settings before it binds an address or opens the state directory: tokens,
// certificate and key, more connections than files may be open. Says it on stderr; returns the exit code.
int check_daemon(const config& settings, outside_maker make_outside = nullptr);

}  // namespace spindrift
