// The command half of decode: an object with `op`. Commands are rare, so they go through nlohmann/json; the frame has
// passed decode's strict reading before (valid JSON, no duplicate keys, bounded depth). Internal to the protocol room.
#pragma once

#include <string_view>

#include "common/protocol/frame.hpp"

namespace spindrift {

// A command_frame, or a protocol_error; the id is the caller's to fill in. Never throws on any bytes.
frame decode_command(std::string_view bytes);

}  // namespace spindrift
