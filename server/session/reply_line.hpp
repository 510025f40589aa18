// The replies to commands, as lines: one function each, appended to `out`, carrying the command's id where it had one.
// Plain functions; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/protocol/frame.hpp"
#include "server/engine/counters.hpp"
#include "server/engine/recent_points.hpp"
#include "server/engine/stream_listing.hpp"
#include "server/session/authenticator.hpp"

namespace spindrift {

// `{"type":"...","id":...` without the closing brace, and a key with its colon.
void begin_reply(std::string_view type, const command_id& id, std::string& out);
void append_key(std::string_view key, std::string& out);
// A reply that says nothing but its type.
void append_bare_reply(std::string_view type, const command_id& id, std::string& out);
// To a hello, with the producer's newest seq.
void append_welcome(const hello_command& asked, std::uint64_t last_seq, const command_id& id, std::string& out);
// `"errors":{...}` with a comma before it, of the codes that were sent at all.
void append_errors(const std::array<counter, counters::error_codes>& counts, std::string& out);
// What a stats reply says of one token.
void append_own_stats(const identity& who, std::string& out);
// One entry of a `streams` reply.
// The members of a reply to `recent`.
void append_recent(const recent_points& shown, std::string& out);
void append_stream(const stream_summary& shown, std::string& out);

}  // namespace spindrift
