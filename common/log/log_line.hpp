// One event as one line, without its line end. Pure: text in, text out, any thread.
//
//   text  2026-11-21T19:52:24.123Z info listening address=127.0.0.1:7171 reason="two words"
//   json  {"time":"2026-11-21T19:52:24.123Z","level":"info","event":"listening","address":"127.0.0.1:7171"}
//
// Values are hostile: quotes, controls (C1 and terminal escapes too), line separators and characters that reorder text
// are escaped, bytes that are not UTF-8 become U+FFFD. Event names and keys are ours ([a-z_]+) and are taken as they
// are; a key named time, level or event would stand twice in JSON.
#pragma once

#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "common/log/log_field.hpp"

namespace spindrift {

std::string_view name_of(log_level level);

std::string format_line(log_format format, std::chrono::system_clock::time_point when, log_level level,
                        std::string_view event, std::span<const log_field> fields);

}  // namespace spindrift
