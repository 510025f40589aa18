// The picture of an event as the history keeps it: some 2 KB where it is complete. Reading never fails on bytes that
// make no sense; it gives what could be read. Any thread.
//
//   varint count, then of each point before: varint of the time's difference to the one before (zig-zag), 8 bytes
//   value; varint count, then of each from the beginning on: varint differences of n and time, 8 bytes value, expected,
//   sigma
#pragma once

#include <string>
#include <string_view>

#include "common/model/explanation.hpp"

namespace spindrift {

std::string picture_bytes(const event_picture& shown);
event_picture picture_of(std::string_view bytes);

}  // namespace spindrift
