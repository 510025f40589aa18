// The replies to commands, as lines: one function each, appended to `out`, carrying the command's id where it had one.
// Plain functions; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/protocol/frame.hpp"
#include "server/engine/engine.hpp"

namespace spindrift {

// `{"type":"...","id":...` without the closing brace, and a key with its colon.
void begin_reply(std::string_view type, const command_id& id, std::string& out);
void append_key(std::string_view key, std::string& out);
// A reply that says nothing but its type.
void append_bare_reply(std::string_view type, const command_id& id, std::string& out);
// `producer` empty: without a name.
void append_welcome(std::string_view producer, std::uint64_t last_seq, const command_id& id, std::string& out);
// One entry of a `streams` reply.
void append_stream(const stream_summary& shown, std::string& out);

}  // namespace spindrift
