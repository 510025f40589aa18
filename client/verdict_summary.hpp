// The few things that a load generator wants to know of a verdict line, read in one pass without a JSON parser.
//
// Safe on any bytes, but no judge of them: it knows the shape of a plain verdict line (flat but for `values` and
// `adwin`, no escapes, no blanks) and gives up on anything else, which then goes to reply_reader. Any thread; no
// allocation.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "client/score.hpp"

namespace spindrift {

struct verdict_summary {
  std::uint64_t seq = 0;  // 0: none
  verdict_flags flags;
  bool dup = false;
  bool late = false;              // older than the newest point of its stream: not judged
  std::uint64_t event = 0;        // the event that the point opened or belongs to; 0: none
  std::string_view event_kind{};  // looks into the line
};

std::optional<verdict_summary> read_verdict_summary(std::string_view line);

}  // namespace spindrift
