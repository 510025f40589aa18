// Plain decimals to doubles: digits and at most one point, as nearly all numbers come. The nearest double, as
// std::from_chars would find it, in a fifth of its time. Header, since it lies on the way of every point; any thread.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace spindrift::decimal {

// With so many digits at most no integer on the way overflows.
inline constexpr std::size_t digits_max = 19;

inline constexpr std::uint64_t exact_integer_max = std::uint64_t{1} << 53U;
// All of them exact in a double, as they are up to 10^22.
inline constexpr std::array<double, 20> powers_of_ten = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,
                                                         1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19};
inline constexpr std::array<std::uint64_t, 20> integer_powers_of_ten = [] {
  std::array<std::uint64_t, 20> made{1};
  for (std::size_t i = 1; i < made.size(); ++i) made[i] = 10 * made[i - 1];
  return made;
}();

// The double nearest to mantissa / 10^decimals, for a mantissa of 54 to 64 bits, such as the 17 digits have that say
// any double exactly. One long division gives 63 bits or more and whether something is left; no table, no second try.
inline double nearest_quotient(std::uint64_t mantissa, std::size_t decimals) {
  __extension__ using wide = unsigned __int128;
  const int up = std::countl_zero(mantissa);
  const int down = std::countl_zero(integer_powers_of_ten[decimals]);
  const std::uint64_t divisor = integer_powers_of_ten[decimals] << down;
  const wide dividend = static_cast<wide>(mantissa << up) << 63U;
  const auto quotient = static_cast<std::uint64_t>(dividend / divisor);  // 2^62 to 2^64
  const bool is_exact = static_cast<wide>(quotient) * divisor == dividend;
  const int dropped = 11 - std::countl_zero(quotient);
  const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
  const std::uint64_t rest = quotient & (2 * half - 1);
  std::uint64_t kept = quotient >> dropped;
  if (rest > half || (rest == half && (!is_exact || (kept & 1U) != 0))) ++kept;
  const auto exponent = static_cast<std::uint64_t>(1'023 + dropped + down - up - 63);
  return static_cast<double>(kept) * std::bit_cast<double>(exponent << 52U);
}

// mantissa / 10^decimals, at most 19 digits and decimals. An exact integer by an exact power of ten: one rounding, so
// the nearest double (Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990).
inline double quotient(std::uint64_t mantissa, std::size_t decimals) {
  if (mantissa > exact_integer_max) return nearest_quotient(mantissa, decimals);
  return static_cast<double>(mantissa) / powers_of_ten[decimals];
}

// The whole text as digits, perhaps a point and more digits, perhaps a minus in front. False: it is something else, or
// longer, and for a slower reader; `number` is as it was.
inline bool read(std::string_view text, double& number) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.size() > digits_max) return false;
  std::uint64_t mantissa = 0;
  std::size_t point_at = text.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned char>(text[i] - '0');
    if (digit < 10) {
      mantissa = 10 * mantissa + digit;
    } else if (text[i] == '.' && point_at == text.size()) {
      point_at = i;
    } else {
      return false;
    }
  }
  const bool has_point = point_at < text.size();
  if (point_at == 0 || (has_point && point_at + 1 == text.size())) return false;
  const double magnitude = quotient(mantissa, has_point ? text.size() - point_at - 1 : 0);
  number = is_negative ? -magnitude : magnitude;
  return true;
}

}  // namespace spindrift::decimal
