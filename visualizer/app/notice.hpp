// Where there is neither a window nor a terminal: a line for each word about an event instead of pictures.
//
// notice_of() is pure. line_output owns no descriptor and never blocks: a line that a full pipe has no room for is left
// out and counted, and the next that fits says so first. One thread at a time. The program must ignore SIGPIPE.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "visualizer/series/stream_event.hpp"

namespace spindrift {

// "2026-11-28T09:38:42.087Z pump.7 event 17 open: shift up, severity 63; level rose from 21.0 to 26.4".
// With its line end; names are made harmless (plot/label.hpp).
std::string notice_of(const stream_event& told);

class line_output {
public:
  explicit line_output(int descriptor) : descriptor_(descriptor) {}

  // A whole line with its end, at most 4,096 bytes.
  void write(std::string_view line);
  // Whoever read it has gone; asked without writing, so that it is noticed in silence too.
  bool is_closed();
  // Why it can take no more (a full disk); empty: it can.
  const std::string& failure() const { return failure_; }

private:
  bool put(std::string_view bytes);

  int descriptor_;
  bool is_closed_ = false;
  std::uint64_t left_out_ = 0;
  std::string failure_;
};

}  // namespace spindrift
