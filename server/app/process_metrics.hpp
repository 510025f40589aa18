// What Prometheus' own clients tell of their process, under the same names: processor time, memory, descriptors, when
// it began. Any thread; the kernel is asked.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spindrift {

// Resident memory of this process as the kernel counts it; 0 where that cannot be read. Some 20 us.
std::uint64_t resident_bytes();

// The two lines before a metric's samples in the exposition format; `kind`: counter or gauge.
void append_metric_head(std::string_view name, std::string_view help, std::string_view kind, std::string& out);
// What cannot be read is left out. Some 60 us.
void append_process_metrics(std::string& out);

}  // namespace spindrift
