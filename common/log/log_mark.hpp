// Findings of single points: what a detector said of one, where people are told of events. Beside log.hpp, whose rules
// hold.
#pragma once

#include <initializer_list>
#include <string_view>

#include "common/log/log_field.hpp"

namespace spindrift {

// An anomaly, a drift or an alarm of one point: rate-limited as log_finding is, to stderr and to the file, where the
// level is debug or below; else nothing.
void log_mark(std::string_view event, std::initializer_list<log_field> fields);

}  // namespace spindrift
