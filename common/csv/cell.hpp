// What one cell of a CSV file may say: a number, a time, a label, a name. Blanks around it do not count. Any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

std::string_view trimmed(std::string_view cell);
// Any number that strtod would read whole, "nan" and "inf" included; no hexadecimal.
std::optional<double> parse_number(std::string_view cell);
// RFC 3339, `YYYY-MM-DD HH:MM:SS` (UTC), or an integer: milliseconds since the Unix epoch, or seconds when below 1e11
// in size (as milliseconds that would be early 1973); with decimals they are seconds.
std::optional<std::int64_t> parse_time(std::string_view cell);
// 0, 1, true or false, in any case.
std::optional<bool> parse_label(std::string_view cell);
// A whole number from 1 on: a column's index as people count.
std::optional<std::size_t> parse_index(std::string_view cell);
// `text` with everything that may not stand in a name on the wire replaced by '_'; never empty.
std::string wire_name(std::string_view text, std::size_t bytes_max);

}  // namespace spindrift
