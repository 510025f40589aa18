// The numbers behind a notice, of each part that spoke when it was told: enough to repeat the arithmetic by hand. Plain
// data; names are static. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "server/events/finding.hpp"

namespace spindrift {

struct evidence_number {
  std::string_view part;  // "zscore", "adwin", "ensemble", "clock", "event"
  std::string_view name;
  double value = 0;
};

std::vector<evidence_number> evidence_of(const finding& found, const observation& point);

}  // namespace spindrift
