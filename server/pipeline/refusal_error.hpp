// Why a point was not applied, in the words of the wire. Any thread.
#pragma once

#include <cstdint>

#include "common/protocol/error.hpp"

namespace spindrift {

enum class refusal : std::uint8_t;
struct point;

// Not for refusal::none.
error_code code_of(refusal why);
protocol_error refusal_error(refusal why, const point& refused);

// Whether the server is what the error is about, not the frame: no client is slowed down for it.
bool is_servers_want(error_code code);

}  // namespace spindrift
