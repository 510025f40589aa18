// What one advance of a session asks of its connection: bytes to send, lines for subscribers, what to do next.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/model/verdict.hpp"
#include "common/protocol/error.hpp"
#include "server/feed/filter.hpp"
#include "server/feed/published_batch.hpp"

namespace spindrift {

struct step {
  std::string replies;                // to be sent, in this order
  std::vector<published_line> lines;  // the fresh verdict lines in `replies`, for the feed
  std::vector<verdict> events;        // anomalies, drifts and alarms; views valid until the inbox gives space again
  std::optional<filter> subscribes;   // from now on
  bool unsubscribes = false;
  std::uint64_t supersedes = 0;        // the number of the connection whose producer's name was taken over
  bool has_more = false;               // frames are left in the inbox: send the replies, then advance again
  std::chrono::milliseconds pause{0};  // before advancing again: the client sends too many bad frames
  std::optional<error_code> closes;    // once the replies are sent

  void clear() {
    replies.clear();
    lines.clear();
    events.clear();
    subscribes.reset();
    unsubscribes = has_more = false;
    supersedes = 0;
    pause = std::chrono::milliseconds{0};
    closes.reset();
  }
};

}  // namespace spindrift
