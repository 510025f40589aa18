// A verdict as the bytes that are kept of it for a producer that may send its point again: half as many as its line
// has, and made in a fraction of the time. The line comes of them when it is asked for, the same to the letter as the
// one that was sent, since one encoder writes both.
//
// Bytes of this process alone: what lasts is the line. Plain functions; any thread. About 15 ns to keep a verdict.
#pragma once

#include <string>
#include <string_view>

namespace spindrift {

struct verdict;

// Writes the bytes over what is there.
void pack_verdict(const verdict& judged, std::string& into);
// Appends the line of what was packed; a line that was loaded from a snapshot is one already. `is_repeated`: as it is
// sent for a point that comes again.
void append_kept_line(std::string_view kept, bool is_repeated, std::string& out);

}  // namespace spindrift
