// The kinds of line that a subscription brings, however it was asked for. A pure function; any thread.
#pragma once

#include "common/protocol/frame.hpp"
#include "server/feed/line_class.hpp"

namespace spindrift {

inline line_classes subscribed_lines(subscribe_command::choice of, bool with_updates) {
  using choice = subscribe_command::choice;
  if (of == choice::marked) return only(line_class::marked);
  const line_classes wanted = (of == choice::all ? verdict_lines : line_classes{0}) | line_class::event;
  return with_updates ? wanted | line_class::update : wanted;
}

}  // namespace spindrift
