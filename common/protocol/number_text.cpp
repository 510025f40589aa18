// Reads numbers by the rules of JSON.
#include "common/protocol/number_text.hpp"

#include "common/text/digit.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace spindrift::number_text {
namespace {

void take_digits(std::string_view& rest) {
  while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
}

// Whether a number of JSON's grammar, not zero, lies between -1 and 1: by the place of its first digit and its
// exponent.
}  // namespace

bool is_below_one(std::string_view number) {
  const std::size_t e = std::min(number.find_first_of("eE"), number.size());
  std::string_view digits = number.substr(0, e);
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const auto point_at = static_cast<std::int64_t>(std::min(digits.find('.'), digits.size()));
  const auto first_at = static_cast<std::int64_t>(digits.find_first_of("123456789"));
  const std::int64_t power = first_at < point_at ? point_at - first_at - 1 : point_at - first_at;

  std::string_view exponent_text = number.substr(std::min(e + 1, number.size()));
  if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
  std::int64_t exponent = 0;
  const auto read = std::from_chars(exponent_text.data(), exponent_text.data() + exponent_text.size(), exponent);
  if (read.ec == std::errc::result_out_of_range) return exponent_text.starts_with('-');
  return power + exponent < 0;
}

std::string_view trimmed(std::string_view token) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t begin = token.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return token.substr(begin, token.find_last_not_of(blanks) + 1 - begin);
}

bool is_number(std::string_view token) {
  token = trimmed(token);
  if (!token.empty() && token.front() == '-') token.remove_prefix(1);
  if (token.empty() || !is_digit(token.front())) return false;
  const bool begins_with_zero = token.front() == '0';
  token.remove_prefix(1);
  if (!begins_with_zero) take_digits(token);
  if (!token.empty() && token.front() == '.') {
    token.remove_prefix(1);
    if (token.empty() || !is_digit(token.front())) return false;
    take_digits(token);
  }
  if (!token.empty() && (token.front() == 'e' || token.front() == 'E')) {
    token.remove_prefix(1);
    if (!token.empty() && (token.front() == '+' || token.front() == '-')) token.remove_prefix(1);
    if (token.empty() || !is_digit(token.front())) return false;
    take_digits(token);
  }
  return token.empty();
}

bool parse_double(std::string_view text, double& number) {
  text = trimmed(text);
  if (!is_number(text)) return false;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec == std::errc::result_out_of_range) number = is_below_one(text) ? 0.0 : HUGE_VAL;
  return true;
}

bool says_not_finite(std::string_view text) {
  for (const std::string_view word : {"NaN", "nan", "Infinity", "-Infinity", "inf", "-inf", "Inf", "-Inf"}) {
    if (text == word) return true;
  }
  return false;
}

}  // namespace spindrift::number_text
