// The options of spindrift-worker: one table, seen in flags, environment, TOML, --help and --print-config. Those of
// detectors, streams, alerts and the log are the daemon's own.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

class option_set;
struct kafka_settings;

// What depends on this machine: cores, host name. Before declare(), so that --help shows it.
void take_defaults_of_host(kafka_settings& settings);
// The settings must outlive the options.
void declare(kafka_settings& settings, option_set& options);
// All complaints, each naming its flag, the value and what is allowed; reads --kafka-file into
// `settings.client_of_file`. Empty when the worker may start.
std::vector<std::string> validate(kafka_settings& settings);
// The part of it that is about the way to the brokers, which `flag` has named.
std::vector<std::string> validate_client(kafka_settings& settings, const std::string& flag);

}  // namespace spindrift
