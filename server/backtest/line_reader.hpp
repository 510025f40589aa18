// A line of an input as a point: JSON through the protocol's own decoder, so that each may name its stream, where the
// first line begins with a brace; else a row of a table, which is a point of the stream "default".
//
// A line that the server itself has written counts as well: a verdict is the point that it speaks of, and the other
// lines of its own (events, greetings, acknowledgements) are passed over. No I/O; one thread at a time; a point's views
// are valid until the next take().
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "common/protocol/decode.hpp"
#include "server/backtest/table.hpp"

namespace spindrift {

class line_reader {
public:
  explicit line_reader(table_settings columns);

  // As table::take; what is passed over is a heading.
  table::row take(std::string_view line);
  bool is_json() const { return is_json_; }
  // Without the mark that some programs put before the first line.
  static std::string_view without_mark(std::string_view line);

private:
  table::row take_json(std::string_view line);

  table rows_;
  decoder frames_;
  std::string padded_;
  bool has_begun_ = false;
  bool is_json_ = false;
};

}  // namespace spindrift
