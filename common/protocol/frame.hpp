// The frames a client may send, as plain structs, and their variant. A point looks into the bytes it was decoded from;
// commands are rare and own their strings.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/model/event.hpp"
#include "common/model/point.hpp"
#include "common/protocol/error.hpp"

namespace spindrift {

// The `id` a client gave its command, as JSON text ready to be sent back (a number or a quoted string); empty: none.
using command_id = std::string;

// Which replies to points a connection wants to hear; errors and replies to commands come in any case.
enum class reply_choice : std::uint8_t {
  all,     // a verdict for each
  marked,  // verdicts that are an anomaly, a drift or an alarm, or belong to an event; the rest is acknowledged
  errors,  // no verdict: all is acknowledged
};
inline constexpr std::array<std::string_view, 3> reply_choice_names = {"all", "marked", "errors"};

constexpr std::string_view name_of(reply_choice choice) {
  return reply_choice_names[static_cast<std::size_t>(choice)];
}
constexpr std::optional<reply_choice> reply_choice_named(std::string_view name) {
  for (std::size_t i = 0; i < reply_choice_names.size(); ++i) {
    if (reply_choice_names[i] == name) return static_cast<reply_choice>(i);
  }
  return std::nullopt;
}

struct hello_command {
  std::string producer;                   // empty: a producer without a name
  std::string token;                      // empty: none was shown
  bool reset = false;                     // the producer's numbering was spoilt: it begins anew
  std::optional<reply_choice> replies{};  // empty: nothing was said, which means all
};
struct subscribe_command {
  std::vector<std::string> streams{"*"};  // globs with * and ?
  enum class choice : std::uint8_t {
    all,     // verdicts and events
    marked,  // verdicts that are an anomaly, a drift or an alarm
    events,  // events alone
  };
  choice only = choice::all;
  bool updates = false;  // where events are wanted: also when one became worse, or turns out to be of another kind
  int every_ms = 0;      // verdicts as aggregates, one a stream in so many milliseconds; 0: each for itself
};
struct unsubscribe_command {};
struct ping_command {};
struct stats_command {};
struct streams_command {
  std::string match = "*";
  std::size_t limit = 100;  // 1 to limits::listing_max
};
// The newest points of a stream, as far as the server keeps them.
struct recent_command {
  std::string stream;
  std::size_t points = 256;
};
struct history_command {
  std::vector<std::string> streams{"*"};
  std::int64_t since = 0;  // of when events were told, milliseconds since the Unix epoch, inclusive
  std::size_t limit = 100;
  std::int64_t until = INT64_MAX;      // as since
  std::vector<event_kind> kinds{};     // empty: all
  int severity = 0;                    // at least
  std::optional<event_state> state{};  // open or closed
  std::optional<bool> held{};          // only those that an alert's budget holds back, or not
};

// The points of this connection that follow are of the past: learned from, and told to nobody.
struct learn_command {
  bool is_on = true;  // false: from here on they are of the present again
};
// Why was it told?
struct explain_command {
  std::string stream;
  std::uint64_t event = 0;
};
// A person's word about an event.
struct mark_command {
  std::string stream;
  std::uint64_t event = 0;
  bool is_expected = false;  // else real
};

using command =
    std::variant<hello_command, subscribe_command, unsubscribe_command, ping_command, stats_command, streams_command,
                 recent_command, history_command, explain_command, mark_command, learn_command>;

struct command_frame {
  command_id id;
  command order;
};

using frame = std::variant<point, command_frame, protocol_error>;

}  // namespace spindrift
