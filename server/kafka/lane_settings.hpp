// What a lane is told of the worker's settings. Pure.
#pragma once

#include <cstddef>
#include <cstdint>

#include "server/worker/settings.hpp"

namespace spindrift {
struct kafka_settings;
}

namespace spindrift::kafka {

// --max-streams is divided by the partitions of the topic.
worker::lane_settings lane_settings_of(const kafka_settings& settings, std::size_t lane, std::uint32_t partitions);

}  // namespace spindrift::kafka
