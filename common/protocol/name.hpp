// Stream, producer and feature names: letters and digits, and behind the first also ._:/=,@+- , so that a name needs no
// escaping in JSON, in a glob, in a metric's label or in a file of lines. Any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace spindrift {

inline constexpr std::string_view name_rule = "[A-Za-z0-9][A-Za-z0-9._:/=,@+-]*";

// Whether `text` is such a name of 1 to `bytes_max` bytes.
bool is_name(std::string_view text, std::size_t bytes_max);

}  // namespace spindrift
