// What one advance of a session asks of its connection: bytes to send, whom to hear of, what to ask, what to do next.
// Plain data, used again and again by its owner; cleared before each advance.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "common/protocol/error.hpp"
#include "common/protocol/frame.hpp"
#include "server/feed/filter.hpp"

namespace spindrift {

// Events as HTTP has them, newest first. Its answer is no reply's fields, but the whole text.
struct event_page_question {
  // A page is found by looking at what was skipped as well.
  static constexpr std::size_t skipped_max = 100'000;
  enum class shape : std::uint8_t {
    page,         // {"events":[...],"next":...}
    annotations,  // as Grafana shows them: [{"time":...}]
    lines,        // a line each, oldest first: what was stored since `stored_since`
  };
  history_command of{};     // of.streams: globs
  std::size_t skipped = 0;  // of the newest, those that an earlier page had
  shape as = shape::page;
  std::int64_t stored_since = 0;
};

// What takes long to answer, or is another thread's to do.
using question = std::variant<history_command, explain_command, mark_command, event_page_question>;

struct desk_answer {
  std::optional<error_code> refused{};  // why; `text` says so to people
  std::string text{};                   // else the reply's fields, with a comma before the first
};

struct step {
  std::string replies;               // to be sent, in this order
  std::optional<filter> subscribes;  // from now on
  bool unsubscribes = false;
  std::uint64_t supersedes = 0;        // the number of the connection whose producer's name was taken over
  std::optional<question> asks;        // the answer goes to take_answer(); until then nothing else advances
  bool has_more = false;               // frames are left in the inbox: send the replies, then advance again
  std::chrono::milliseconds pause{0};  // before advancing again: the client sends too many bad frames
  std::optional<error_code> closes;    // once the replies are sent
  // A line of another format that gave no point, to be logged: why, and the line. At most one a minute and client.
  std::string_view unread_cause;
  std::string unread_line;

  void clear() {
    replies.clear();
    subscribes.reset();
    unsubscribes = has_more = false;
    supersedes = 0;
    asks.reset();
    pause = std::chrono::milliseconds{0};
    closes.reset();
    unread_cause = {};
  }
};

}  // namespace spindrift
