#include "common/protocol/double_text.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spindrift {
namespace {

__extension__ using wide = unsigned __int128;

struct decimal {
  std::uint64_t digits;
  int exponent;  // value = digits * 10^exponent
};

// 10^n shifted left until its top bit is set.
struct power {
  std::uint64_t high;
  std::uint64_t low;
};

constexpr int power_max = 38;
constexpr std::array<power, power_max + 1> powers = [] {
  std::array<power, power_max + 1> made{};
  wide ten_to_n = 1;
  for (power& each : made) {
    wide normal = ten_to_n;
    while ((normal >> 127U) == 0) normal <<= 1U;
    each = {static_cast<std::uint64_t>(normal >> 64U), static_cast<std::uint64_t>(normal)};
    ten_to_n *= 10U;
  }
  return made;
}();

// floor(log10(2^e)), floor(log10(3/4 * 2^e)) and floor(log2(10^e)), right for |e| <= 1,200 and more (section 6 of the
// paper).
constexpr int log10_of_power_of_2(int e) {
  return (e * 1'262'611) >> 22;
}
constexpr int log10_of_three_quarters_of_power_of_2(int e) {
  return (e * 1'262'611 - 524'031) >> 22;
}
constexpr int log2_of_power_of_10(int e) {
  return (e * 1'741'647) >> 19;
}

// The upper 64 bits of g * c / 2^64, with the lowest one set if anything lies below: enough to compare with integers.
std::uint64_t scaled(power g, std::uint64_t c) {
  const wide low = static_cast<wide>(g.low) * c;
  const wide product = static_cast<wide>(g.high) * c + static_cast<std::uint64_t>(low >> 64U);
  const bool is_inexact = static_cast<std::uint64_t>(product) != 0 || static_cast<std::uint64_t>(low) != 0;
  return static_cast<std::uint64_t>(product >> 64U) | (is_inexact ? 1U : 0U);
}

// The shortest decimal that reads back as mantissa * 2^exponent, and of several the nearest (figure 7 of the paper).
// All bounds are kept times four, so that the halves between two doubles are integers.
decimal shortest(std::uint64_t mantissa, int exponent, bool is_power_of_2) {
  const int k = is_power_of_2 ? log10_of_three_quarters_of_power_of_2(exponent) : log10_of_power_of_2(exponent);
  const int shift = exponent + log2_of_power_of_10(-k) + 1;
  const power g = powers[static_cast<std::size_t>(-k)];
  const std::uint64_t middle = scaled(g, (4 * mantissa) << shift);
  // A bound itself reads back as this double only if its mantissa is even.
  const std::uint64_t odd = mantissa & 1U;
  const std::uint64_t lower = scaled(g, (4 * mantissa - (is_power_of_2 ? 1U : 2U)) << shift) + odd;
  const std::uint64_t upper = scaled(g, (4 * mantissa + 2) << shift) - odd;

  const std::uint64_t floor = middle / 4;
  const std::uint64_t tens = floor / 10 * 10;
  const bool tens_below_fits = lower <= 4 * tens;
  const bool tens_above_fits = 4 * (tens + 10) <= upper;
  if (tens_below_fits != tens_above_fits) return {tens + (tens_above_fits ? 10U : 0U), k};

  const bool below_fits = lower <= 4 * floor;
  const bool above_fits = 4 * (floor + 1) <= upper;
  if (below_fits != above_fits) return {floor + (above_fits ? 1U : 0U), k};
  const std::uint64_t half = 4 * floor + 2;
  const bool above_is_nearer = middle > half || (middle == half && (floor & 1U) != 0);
  return {floor + (above_is_nearer ? 1U : 0U), k};
}

// Digits without leading or trailing zeros. The text begins at `begin` and is padded so that 24 bytes can be copied.
struct digit_text {
  std::array<char, 48> bytes;
  int begin;
  int count;
  int exponent;  // of the last digit
};

// Eight decimal digits, one a byte, the first in the lowest: halved, quartered and split in lanes of one word.
std::uint64_t eight_digits(std::uint32_t number) {
  const std::uint64_t halves = number / 10'000 | std::uint64_t{number % 10'000} << 32U;
  const std::uint64_t hundreds = ((halves * 10'486) >> 20U) & 0x0000'007f'0000'007fU;
  const std::uint64_t quarters = hundreds | (halves - 100 * hundreds) << 16U;
  const std::uint64_t tens = ((quarters * 103) >> 10U) & 0x000f'000f'000f'000fU;
  return tens | (quarters - 10 * tens) << 8U;
}

// Of 16 or 17 digits, which is what shortest() finds before zeros are taken off.
digit_text spell(decimal what) {
  constexpr std::uint64_t ascii = 0x3030'3030'3030'3030U;
  constexpr std::uint64_t ten_to_8 = 100'000'000;
  const std::uint64_t upper = what.digits / ten_to_8;
  const std::uint64_t last = eight_digits(static_cast<std::uint32_t>(what.digits % ten_to_8));
  const std::uint64_t middle = eight_digits(static_cast<std::uint32_t>(upper % ten_to_8));
  const auto first = static_cast<int>(upper / ten_to_8);
  digit_text text;
  text.bytes[0] = static_cast<char>('0' + first);
  const std::uint64_t words[] = {middle | ascii, last | ascii};
  std::memcpy(&text.bytes[1], words, sizeof words);
  text.begin = first == 0 ? 1 : 0;
  const int zeros = last != 0 ? std::countl_zero(last) / 8 : middle != 0 ? 8 + std::countl_zero(middle) / 8 : 16;
  text.count = 17 - text.begin - zeros;
  text.exponent = what.exponent + zeros;
  return text;
}

// Plain notation, where it is no longer than the scientific one. Null where that would be shorter.
char* write_plain(char* at, const digit_text& what) {
  constexpr std::size_t stride = 17;
  const char* const digits = &what.bytes[static_cast<std::size_t>(what.begin)];
  const int scientific_extra = what.count > 1 ? 5 : 4;  // "e+07", and the point
  const int whole = what.count + what.exponent;         // digits in front of the point
  if (what.exponent >= 0) {
    if (what.exponent > scientific_extra) return nullptr;
    std::memcpy(at, digits, stride);
    std::memcpy(at + what.count, "00000", 5);
    return at + whole;
  }
  if (whole > 0) {
    std::memcpy(at, digits, stride);
    std::memcpy(at + whole + 1, digits + whole, stride);
    at[whole] = '.';
    return at + what.count + 1;
  }
  if (2 - whole > scientific_extra) return nullptr;
  std::memcpy(at, "0.0000", 6);
  std::memcpy(at + 2 - whole, digits, stride);
  return at + 2 - whole + what.count;
}

}  // namespace

char* write_double(char* at, double value) {
  const double magnitude = std::fabs(value);
  char* const begin = at;
  if (magnitude >= 1e-5 && magnitude < 1e15) {
    constexpr unsigned mantissa_bits = 52;
    const auto bits = std::bit_cast<std::uint64_t>(magnitude);
    const std::uint64_t fraction = bits & ((std::uint64_t{1} << mantissa_bits) - 1);
    const int exponent = static_cast<int>(bits >> mantissa_bits) - 1'075;
    if (value < 0) *at++ = '-';
    const decimal found = shortest(fraction | (std::uint64_t{1} << mantissa_bits), exponent, fraction == 0);
    if (char* const end = write_plain(at, spell(found))) return end;
  }
  return std::to_chars(begin, begin + 32, value).ptr;
}

}  // namespace spindrift
