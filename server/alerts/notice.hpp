// What an event has to say, as alerts keep it: plain data that owns its text. Any thread.
#pragma once

#include <cstdint>
#include <string>

#include "common/model/event.hpp"

namespace spindrift {

struct notice {
  std::string stream;
  std::uint64_t number = 0;
  std::int64_t told = 0;  // with stream and number: which event it is, also after a stream began anew
  event_state state = event_state::open;
  event_kind kind = event_kind::spike;
  int severity = 1;
  bool is_over = false;  // closed, or a spike that was over when it was told
  std::string line;      // as it was sent, without the line end
};

// Severity and kind when it was first told: what a receiver knows the event by.
struct queued_notice {
  std::int64_t id = 0;
  notice what;
  event_kind first_kind = event_kind::spike;
  int first_severity = 1;
};

}  // namespace spindrift
