// Event times as text: RFC 3339 <-> milliseconds since the Unix epoch (UTC). No time zone data, no locale. Any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace spindrift {

// "2026-11-21T19:52:24.123Z", "2026-11-21 19:52:24+01:00": date, 'T' or 't' or a blank, time, an optional fraction of
// any length (cut to milliseconds), and 'Z' or an offset. Second 60 (a leap second) counts as the next minute's second
// 0. Nothing for anything else. Year 0000, and the ends of 0001 and 9999 by their offset, are no
// limits::is_event_time(): the caller's to refuse.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);
// "2026-11-21T19:52:24.123Z"; for times within limits::ts_ms_min and ts_ms_max.
std::string to_rfc3339(std::int64_t ts_ms);

}  // namespace spindrift
