// What was read, as text: one line a point (`name=value@ms`, `name{a=1,b=2}`, `+` behind a count that only grows) or
// fault (`!cause`), so that a table of tests is a table of texts.
#pragma once

#include <charconv>
#include <string>
#include <string_view>

#include "server/formats/line_format.hpp"
#include "server/formats/parsed.hpp"

namespace spindrift::formats {

inline std::string shown(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

inline std::string shown(const parsed& from) {
  std::string text;
  for (const point& read : from.points()) {
    if (!text.empty()) text += ' ';
    text += read.stream;
    if (!read.is_multivariate()) text += '=' + shown(read.value);
    for (std::size_t i = 0; i < read.values.size(); ++i) {
      text += i == 0 ? '{' : ',';
      text += std::string(read.values[i].name) + '=' + shown(read.values[i].value);
    }
    if (read.is_multivariate()) text += '}';
    if (read.is_counter) text += '+';
    if (read.ts) text += '@' + std::to_string(*read.ts);
  }
  for (std::size_t cause = 0; cause < fault_causes; ++cause) {
    const auto kind = static_cast<fault_cause>(cause);
    for (std::uint64_t i = 0; i < from.fault_count(kind); ++i) {
      if (!text.empty()) text += ' ';
      text += '!' + std::string(name_of(kind));
    }
  }
  return text;
}

// `another`: the line is of another format.
inline std::string shown_line(bool (*read)(std::string_view, parsed&), std::string_view line) {
  parsed into;
  if (!read(line, into)) return into.points().empty() && into.fault_count() == 0 ? "another" : "another, but added";
  return shown(into);
}

struct line_case {
  std::string_view line;
  std::string_view wanted;
};

}  // namespace spindrift::formats
