// How many files the process may have open, held against how many connections it shall serve. Start-up code.
#pragma once

#include <optional>
#include <string>

namespace spindrift {

struct config;

// Raises the soft limit as far as it may go. Returns what is wrong when even the hard limit cannot hold the
// connections.
std::optional<std::string> provide_descriptors(const config& settings);

}  // namespace spindrift
