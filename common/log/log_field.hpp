// What a log line is made of: a level, a form, fields with a value each. Plain data; a field only looks at its key and
// its text, which live until the line is written. Any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace spindrift {

enum class log_level { trace, debug, info, warning, error, off };
enum class log_format { text, json };

struct log_field {
  std::string_view key;  // [a-z_]+, but not time, level or event
  // Nothing: the field is left out.
  std::variant<std::monostate, std::string_view, double, std::int64_t, std::uint64_t, bool> value{};
};

}  // namespace spindrift
