// The error codes of the wire. Names are the contract's, spelt as they are sent. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

enum class error_code : std::uint8_t {
  bad_json,              // not one JSON object
  bad_frame,             // not a point and not a command: wrong type, missing value
  bad_value,             // a number that is not finite or out of range
  bad_stream,            // a name outside the alphabet
  bad_seq,               // not an integer 1 to 2^53 - 1, or not increasing
  frame_too_large,       // longer than the limit; the rest of the line is skipped
  unknown_op,            // a command that this version does not know
  unauthorized,          // no token, or a wrong one; closes
  forbidden,             // the token does not allow this stream
  too_many_streams,      // the stream table is full of streams in use
  too_many_connections,  // the server is full; closes
  storage_full,          // the journal cannot be written; the point was not applied
  memory_full,           // memory has run out, and the stream still grows; the point was not applied
  superseded,            // another connection said hello for this producer; closes
  slow_consumer,         // a subscriber made no progress; closes
  idle,                  // nothing useful was heard for too long; closes
  shutting_down,         // the server stops; closes
  not_found,             // no such event is known
};

// The code as it is spelt on the wire.
std::string_view name_of(error_code code);
// The code spelt like this, or nothing.
std::optional<error_code> error_code_named(std::string_view name);

// What a frame that cannot be used costs: one of these goes back as one line.
struct protocol_error {
  error_code code = error_code::bad_json;
  std::string message;    // what was wrong, where, and what would be right; ASCII or valid UTF-8
  std::uint64_t seq = 0;  // of the point, where it could be read; 0: it could not
  std::string id{};       // of the command, as JSON text; empty: none
  std::string stream{};   // of which a point was refused, where it could be read; not sent
};

}  // namespace spindrift
