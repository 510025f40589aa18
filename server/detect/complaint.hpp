// The one wording for a setting out of its range, so that every detector refuses alike: which flag, which value, what
// is allowed. Any thread; nothing throws but for want of memory.
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <vector>

namespace spindrift {

using complaint_list = std::vector<std::string>;

// Shortest text that reads back the same: std::to_string would show 1e-9 as 0.000000.
template <class Number>
std::string number_in_words(Number number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

template <class Number>
void complain(complaint_list& complaints, const char* flag, Number value, const std::string& allowed) {
  complaints.push_back(std::string(flag) + ": " + number_in_words(value) + " is not allowed: give " + allowed);
}

// Complains unless least <= value <= most. NaN is outside every range.
template <class Number>
void complain_unless_in(complaint_list& complaints, const char* flag, Number value, Number least, Number most) {
  if (value >= least && value <= most) return;
  const char* const kind = std::integral<Number> ? "a whole number from " : "a number from ";
  complain(complaints, flag, value, kind + number_in_words(least) + " to " + number_in_words(most));
}

}  // namespace spindrift
