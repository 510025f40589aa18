// What a server says, for the ends that listen: one line -> reply. On simdjson, since a load generator reads millions
// of verdicts a second; the fields that only people look at are kept as text. Never throws. Views look into the line
// and the reader's scratch, and stay valid until the next read(). One reader a connection, one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/model/point.hpp"
#include "common/model/verdict.hpp"

namespace spindrift {

struct error_reply {
  std::string code;  // as sent: a newer server may know more codes than we do
  std::string message;
  std::uint64_t frame = 0;  // 0: not about one frame
  std::uint64_t seq = 0;    // 0: none
};
struct welcome_reply {
  int version = 0;
  std::string server;
  std::string producer;
  std::uint64_t last_seq = 0;
  std::uint64_t in_flight_max = 0;
};
// All points up to it have been taken, as far as no error has said otherwise.
struct ack_reply {
  std::uint64_t seq = 0;     // 0: of points without a number,
  std::uint64_t frames = 0;  // up to this frame of the connection; 0: of points with one
};
struct gap_reply {
  std::uint64_t missed = 0;
};
struct subscribed_reply {};
struct pong_reply {};
// Any other object with a type: stats, streams, history, unsubscribed, and what later versions add.
struct other_reply {
  std::string type;
};
// Not a JSON object with a type: what a server of this protocol never sends.
struct unreadable_reply {
  std::string reason;
};

using reply = std::variant<verdict, error_reply, welcome_reply, ack_reply, gap_reply, subscribed_reply, pong_reply,
                           other_reply, unreadable_reply>;

class reply_reader {
public:
  reply_reader();
  ~reply_reader();
  reply_reader(reply_reader&&) noexcept;
  reply_reader& operator=(reply_reader&&) noexcept;

  // `line` without its line end, followed by inbox::padding_bytes readable bytes (inbox cuts such lines).
  // In a verdict `subject.label`, `by` and `drift` are filled in too.
  reply read(std::string_view line);

private:
  struct workspace;
  std::unique_ptr<workspace> workspace_;
};

}  // namespace spindrift
