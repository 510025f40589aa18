// A comparison in words, and as one JSON object: which notices would be gone, which new, which other; totals by stream
// and by day. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "server/rehearsal/notice_comparison.hpp"

namespace spindrift {

// What was compared.
struct comparison_scope {
  std::string source;  // "recording.jsonl", "live traffic"
  std::string before;  // "old.toml", "the defaults"
  std::string after;   // "new.toml"
  std::uint64_t points = 0;
  std::uint64_t streams = 0;
  double stream_days = 0;      // from first to last point of each stream, added up
  bool is_in_time = true;      // points have times of their own; else places are numbers of points
  std::uint64_t left_out = 0;  // streams that were not compared, for want of room
};

// Each list, and each table, has `rows_max` lines and a last one that says how many more there are.
std::string comparison_text(const notice_comparison& compared, const comparison_scope& of, std::size_t rows_max);
// Ends with a line end.
std::string comparison_json(const notice_comparison& compared, const comparison_scope& of);

}  // namespace spindrift
