// The numbers behind a notice, of each part that spoke when it was told: enough to repeat the arithmetic by hand. Plain
// data; names are static. Any thread.
#pragma once

#include <vector>

#include "common/model/explanation.hpp"
#include "server/events/finding.hpp"

namespace spindrift {

// `point`: at which it is told; null when nothing has come.
std::vector<evidence_number> evidence_of(const finding& found, const observation* point);

// `value` and `expected` of an open event are those of its most extreme point so far.
void take_extreme(event& said, const observation& point);

}  // namespace spindrift
