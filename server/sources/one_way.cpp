// Feeds a session from bytes that are all there.
#include "server/sources/one_way.hpp"

#include <algorithm>
#include <cstring>

namespace spindrift {

one_way_result hear_out(session& conversation, session_workspace& workspace, std::string_view bytes, moment now,
                        std::string& replies) {
  inbox frames;
  step out;
  one_way_result heard;
  while (!heard.closed) {
    const std::span<char> space = frames.space();
    const std::size_t size = std::min(space.size(), bytes.size());
    if (size > 0) std::memcpy(space.data(), bytes.data(), size);
    frames.received(size);
    bytes.remove_prefix(size);
    if (bytes.empty()) frames.finish();
    do {
      out.clear();
      workspace.clear();
      conversation.advance(frames, now, out);
      replies += out.replies;
      heard.closed = out.closes;
      if (out.pause.count() > 0) heard.closed = error_code::bad_frame;
      if (!out.unread_cause.empty() && heard.unread_cause.empty()) {
        heard.unread_cause = out.unread_cause;
        heard.unread_line = out.unread_line;
      }
    } while (out.has_more && !heard.closed);
    if (bytes.empty()) break;
  }
  return heard;
}

}  // namespace spindrift
