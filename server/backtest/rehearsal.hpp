// A rehearsal: new settings over a recording, beside the old ones, and a report of which notices would be gone and
// which new. Nobody is told of anything.
//
// The clock is the recording's: the newest time of all points so far, so that streams fall silent as they would have;
// where points have no times, a point a second. Both sides begin without having learned anything.
#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "server/backtest/table.hpp"
#include "server/engine/engine_settings.hpp"

namespace spindrift {

struct rehearsal_settings {
  // Notices of both sides that are kept for the lists, some 400 bytes each; the totals go on.
  static constexpr std::size_t notices_max = 1'000'000;
  static constexpr std::size_t rows_max = 1'000;  // of each list in words

  std::string recording;
  table_settings columns;
  engine_settings after;
  std::string after_name;
  // What there was before: other settings, or with `is_before_told` what the recording says was told.
  engine_settings before;
  std::string before_name;
  bool is_before_told = false;
  bool as_json = false;
};

// Whether a recording says what was told. Throws as line_source does.
bool tells_of_events(const std::string& recording);
// Writes the report to `out`; returns the exit code.
int run_rehearsal(const rehearsal_settings& settings, std::FILE* out);

}  // namespace spindrift
