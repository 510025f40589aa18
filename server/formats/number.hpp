// Numbers and times as other tools write them. Nothing throws or allocates; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace spindrift::formats {

enum class number_kind : std::uint8_t { number, not_finite, none };

// The whole text as a decimal number: a sign, digits, a point, an exponent. A comma is no point. "nan", "inf" and their
// like, and what is beyond a double, are not_finite.
number_kind read_number(std::string_view text, double& number);
// True when the text begins as a number does: a digit, or a sign or point in front of one.
bool begins_as_number(std::string_view text);
// That, or "nan", "inf" and their like.
bool is_like_number(std::string_view text);

// A time since 1970 whose unit is told by its size, integer or decimal: seconds below 10^11, then milliseconds,
// microseconds, nanoseconds, each up to the year 5138. Nothing for what is before 10^8 s (1973): more likely a counter
// or an uptime than a time.
std::optional<std::int64_t> read_epoch(std::string_view text);
// The same of digits alone.
std::optional<std::int64_t> read_whole_epoch(std::string_view text);
// RFC 3339, also with +0100 or +01 for the offset, with "Z+0000" (mosquitto), a blank in front of the offset, or a
// comma in front of the fraction.
std::optional<std::int64_t> read_date(std::string_view text);
// One or the other.
std::optional<std::int64_t> read_time(std::string_view text);
// A time in nanoseconds as an integer, as InfluxDB and OpenTelemetry send it.
std::int64_t ms_of_ns(std::uint64_t nanoseconds);

std::string_view trimmed(std::string_view text);

}  // namespace spindrift::formats
