// What Prometheus' own clients tell of their process, under the same names: processor time, memory, descriptors, when
// it began. Any thread; some 60 us, for the kernel is asked.
#pragma once

#include <string>

namespace spindrift {

// Appends them in the exposition format. What cannot be read is left out.
void append_process_metrics(std::string& out);

}  // namespace spindrift
