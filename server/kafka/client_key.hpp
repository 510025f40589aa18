// Which settings of librdkafka a person may give, and where: those that the worker's promises rest on are its own, and
// secrets stand in a file that nobody else can read. Pure but for the file; bytes from it never throw.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spindrift {

struct kafka_settings;

enum class client_key_source : std::uint8_t { flag, file };

// Why a key must not stand there: "group.id is the worker's own: give --group". Nothing: it may.
std::optional<std::string> refused_client_key(std::string_view key, client_key_source from);
// Reads --kafka-file, if one was given, into settings.client_of_file: KEY=VALUE a line, # begins a comment. A file that
// others may read is refused.
void read_client_file(kafka_settings& settings, std::vector<std::string>& complaints);

}  // namespace spindrift
