// Why a point was not applied, in the words of the wire. Any thread.
#pragma once

#include "common/model/point.hpp"
#include "common/protocol/error.hpp"
#include "server/engine/batch.hpp"

namespace spindrift {

// Not for refusal::none.
error_code code_of(refusal why);
protocol_error refusal_error(refusal why, const point& refused);

// Whether the server is what the error is about, not the frame: no client is slowed down for it.
bool is_servers_want(error_code code);

}  // namespace spindrift
