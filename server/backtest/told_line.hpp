// An event line, as the server told it, back as an event: what a recording says was told. Bytes from outside: nothing
// where it is none, or makes no sense. A pure function; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/model/event.hpp"

namespace spindrift {

struct told_line {
  std::string stream;
  std::string feature;  // empty: a stream of one value
  event said;
};

std::optional<told_line> read_told_line(std::string_view line);

}  // namespace spindrift
