// Numbers as text: JSON's own grammar (RFC 8259 section 6), and the same numbers written inside JSON strings. Blanks
// around a number are allowed everywhere. For the protocol room, and for other readers of numbers of which a double
// holds too little. Nothing throws or allocates; any thread.
#pragma once

#include <charconv>
#include <limits>
#include <string_view>
#include <system_error>

namespace spindrift::number_text {

// Without the blanks in front and behind.
std::string_view trimmed(std::string_view token);
bool is_number(std::string_view token);
// False for what is no number. Like a JSON number it becomes zero when it is too small for a double; too large it
// becomes infinite.
bool parse_double(std::string_view text, double& number);
// Whether a number is below one in magnitude: of digits that are beyond a double, whether it is too small or too large
// for one. Of decimal digits, with or without some on both sides of the point.
bool is_below_one(std::string_view number);
// "NaN", "Infinity" and their like, which other languages print in place of a number.
bool says_not_finite(std::string_view text);

// An integer of JSON's grammar. One beyond its type becomes the type's greatest, which every limit refuses.
template <class Integer>
bool parse_integer(std::string_view token, Integer& number) {
  token = trimmed(token);
  const auto [end, problem] = std::from_chars(token.data(), token.data() + token.size(), number);
  if (end != token.data() + token.size() || !is_number(token)) return false;
  if (problem == std::errc::result_out_of_range) number = std::numeric_limits<Integer>::max();
  return true;
}

}  // namespace spindrift::number_text
