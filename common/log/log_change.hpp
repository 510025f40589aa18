// What of the log can be changed while it is open. In a header of its own, since all log and few change. Any thread.
#pragma once

#include "common/log/log_field.hpp"

namespace spindrift {

// For stderr, from the next line on. Nothing happens where no log is open.
void change_log_level(log_level level);

}  // namespace spindrift
