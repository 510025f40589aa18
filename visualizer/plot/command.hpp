// Pieces of gnuplot commands, and how their numbers are written. Pure: text appended, no locale. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace spindrift {

struct axis_range {
  double least = 0;
  double most = 1;
};

// Shortest text of a finite number, at most 15 digits.
void append_plain(double number, std::string& out);
// For people: at most 6 digits.
std::string short_number(double number);
// "1 drift", "2 drifts".
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

// `axis`: "x" or "y".
void append_range(std::string_view axis, const axis_range& range, std::string& out);
// `text_in_quotes` comes from quoted() (label.hpp); `rest` says where and how.
void append_label(std::string_view tag, const std::string& text_in_quotes, std::string_view rest, std::string& out);

}  // namespace spindrift
