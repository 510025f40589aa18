// Hears out a client whose bytes are all there, as a datagram or the body of a request: a session that lives no longer.
//
// Plain function; on the thread of the workspace, while no other session of it advances.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/protocol/error.hpp"
#include "server/session/session.hpp"

namespace spindrift {

struct one_way_result {
  std::optional<error_code> closed{};  // what ended it before the end of its bytes
  std::string_view unread_cause{};     // of the first line that gave no point, if any
  std::string unread_line{};
};

// Replies are appended; points are applied and published.
one_way_result hear_out(session& conversation, session_workspace& workspace, std::string_view bytes, moment now,
                        std::string& replies);

}  // namespace spindrift
