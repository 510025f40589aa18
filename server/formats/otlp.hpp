// OpenTelemetry's metrics in JSON, from a tree that was read already (one object among others on the TCP port).
#pragma once

#include <string_view>

#include "server/formats/json_tree.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {

// Adds what `root`, an ExportMetricsServiceRequest, holds.
void read_otlp_json(const json_tree& tree, const json_tree::node& root, parsed& into, std::string_view line);

}  // namespace spindrift::formats
