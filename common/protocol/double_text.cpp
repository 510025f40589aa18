// Schubfach where its products are exact, the standard library elsewhere.
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

// Text is built in registers and only stored, never loaded again. Digits are one a byte, the first in the lowest;
// `ascii` makes characters of them.
constexpr std::uint64_t ascii = 0x3030'3030'3030'3030U;
constexpr std::uint64_t ten_to_8 = 100'000'000;

template <std::size_t count>
constexpr std::array<std::uint64_t, count> powers_of(std::uint64_t base) {
  std::array<std::uint64_t, count> made{};
  made[0] = 1;
  for (std::size_t i = 1; i < count; ++i) made[i] = made[i - 1] * base;
  return made;
}
constexpr auto powers_of_5 = powers_of<21>(5);
constexpr auto powers_of_10 = powers_of<17>(10);

// value = (upper * 10 + last) / 10^places, of 16 or 17 digits, zeros at the end included.
struct decimal {
  std::uint64_t upper;
  std::uint64_t last;
  int places;
};

// floor(log10(2^e)), right for |e| <= 1,200 and more (section 6 of the paper).
constexpr int log10_of_power_of_2(int e) {
  return (e * 1'262'611) >> 22;
}

// The shortest decimal that reads back as mantissa * 2^exponent, and of several the nearest, for 1e-4 <= value < 1e15,
// which is exponents from -66 to -3. As in the paper, the unit 10^-places is such that the numbers which read back are
// an interval at least one and less than ten units wide. So at most one multiple of ten lies in it and is then the
// shortest; else the nearest integer does. Unlike there, value * 10^places = mantissa * 5^places / 2^point is exact:
// `scaled` has at most 100 bits, those behind the point are at most 46, and the interval is 5^places wide. Its ends are
// no candidates: 5^places is odd, so in units of 2^-point they lie at halves, the candidates at integers. A power of
// two has a narrower interval than is taken here, but those in this range have 15 digits at most and so are found
// exactly.
decimal shortest(std::uint64_t mantissa, int exponent) {
  __extension__ using wide = unsigned __int128;
  const int places = -log10_of_power_of_2(exponent);
  const int point = -exponent - places;
  const std::uint64_t width = powers_of_5[static_cast<std::size_t>(places)];
  const wide scaled = static_cast<wide>(mantissa) * width;
  const auto low = static_cast<std::uint64_t>(scaled);
  const std::uint64_t floor = static_cast<std::uint64_t>(scaled >> 64U) << (64 - point) | low >> point;
  const std::uint64_t one = std::uint64_t{1} << point;
  const std::uint64_t rest = low & (one - 1);

  // Which candidate it is falls like a coin, so nothing here branches. A half goes to the even neighbour.
  const std::uint64_t upper = floor / 10;
  const std::uint64_t units = floor - 10 * upper;
  const std::uint64_t above_tens = (units << point) + rest;
  const std::uint64_t tens_below_fit = 2 * above_tens < width ? 1U : 0U;
  const std::uint64_t tens_above_fit = 2 * (10 * one - above_tens) < width ? 1U : 0U;
  const std::uint64_t nearest = units + (2 * rest + (floor & 1U) > one ? 1U : 0U);
  const std::uint64_t unless_tens_fit = (tens_below_fit | tens_above_fit) - 1;
  return {upper + tens_above_fit, nearest & unless_tens_fit, places};
}

// Each number becomes its quotient, and above that, `width` bits higher, its remainder: n - q * divisor.
constexpr std::uint64_t split(std::uint64_t numbers, std::uint64_t quotients, std::uint64_t divisor, unsigned width) {
  return (numbers << width) - quotients * ((divisor << width) - 1);
}

// The digits of a number below 10^8: halved, quartered and split in lanes of one word.
std::uint64_t eight_digits(std::uint64_t number) {
  const std::uint64_t halves = split(number, (number * 109'951'163) >> 40U, 10'000, 32);
  const std::uint64_t quarters = split(halves, ((halves * 10'486) >> 20U) & 0x0000'007f'0000'007fU, 100, 16);
  return split(quarters, ((quarters * 103) >> 10U) & 0x000f'000f'000f'000fU, 10, 8);
}

std::size_t zeros_in_front(std::uint64_t digits) {
  return static_cast<std::size_t>(std::countr_zero(digits)) / 8;
}
std::size_t zeros_at_end(std::uint64_t digits) {
  return static_cast<std::size_t>(std::countl_zero(digits)) / 8;
}

void put(char* at, std::uint64_t digits) {
  const std::uint64_t text = digits | ascii;
  std::memcpy(at, &text, sizeof text);
}

// In front of the point there are mostly few digits; a look into 4 KiB is a tenth of a long number's time cheaper than
// to work them out.
struct small_text {
  char digits[3];
  char length;
};
constexpr std::array<small_text, 1'000> small_texts = [] {
  std::array<small_text, 1'000> made{};
  for (int i = 0; i < 1'000; ++i) {
    int length = i < 10 ? 1 : i < 100 ? 2 : 3;
    small_text& text = made[static_cast<std::size_t>(i)];
    text.length = static_cast<char>(length);
    for (int rest = i; length > 0; rest /= 10) text.digits[--length] = static_cast<char>('0' + rest % 10);
  }
  return made;
}();

char* write_whole(char* at, std::uint64_t whole) {
  if (whole < small_texts.size()) {
    const small_text& text = small_texts[whole];
    std::memcpy(at, &text, sizeof text);
    return at + text.length;
  }
  if (whole >= ten_to_8) {
    at = write_whole(at, whole / ten_to_8);
    put(at, eight_digits(whole % ten_to_8));
    return at + 8;
  }
  const std::uint64_t digits = eight_digits(whole);
  const std::size_t skipped = zeros_in_front(digits);
  put(at, digits >> (8 * skipped));
  return at + (8 - skipped);
}

// For a value above one that is no integer, of which `whole` is the integer part. No shortest decimal lies beyond the
// next integer, which is a double too. There are at most 16 places; what overflows in between comes back.
char* write_above_one(char* at, decimal number, std::uint64_t whole) {
  const auto unused = static_cast<std::size_t>(16 - number.places);
  const std::uint64_t fraction = (10 * number.upper + number.last) * powers_of_10[unused] - whole * powers_of_10[16];
  const std::uint64_t first = eight_digits(fraction / ten_to_8);
  const std::uint64_t second = eight_digits(fraction % ten_to_8);
  at = write_whole(at, whole);
  *at++ = '.';
  put(at, first);
  put(at + 8, second);
  return at + (second != 0 ? 16 - zeros_at_end(second) : 8 - zeros_at_end(first));
}

// For a value below one. The 17 digits start with a zero if there are but 16; with 16 places that zero is the one in
// front of the point. The point goes last, over whatever is there.
char* write_below_one(char* at, decimal number) {
  const std::uint64_t first = eight_digits(number.upper / ten_to_8);
  const std::uint64_t second = eight_digits(number.upper % ten_to_8);
  char* const digits = at + (number.places - 15);
  put(at, 0);
  put(digits, first);
  put(digits + 8, second);
  digits[16] = static_cast<char>('0' + number.last);
  at[1] = '.';
  const std::uint64_t last_8 = second >> 8U | number.last << 56U;
  const std::uint64_t middle_8 = first >> 8U | second << 56U;
  return digits + (last_8 != 0 ? 17 - zeros_at_end(last_8) : 9 - zeros_at_end(middle_8));
}

// Plain notation, where that is no longer than the scientific one. Null where it may be: an integer with many zeros at
// its end, or one digit behind 0.000.
char* write_plain(char* at, double magnitude) {
  const auto whole = static_cast<std::int64_t>(magnitude);
  if (static_cast<double>(whole) == magnitude) {
    return whole % 100'000 == 0 ? nullptr : write_whole(at, static_cast<std::uint64_t>(whole));
  }
  constexpr unsigned mantissa_bits = 52;
  constexpr std::uint64_t hidden_bit = std::uint64_t{1} << mantissa_bits;
  const auto bits = std::bit_cast<std::uint64_t>(magnitude);
  const int exponent = static_cast<int>(bits >> mantissa_bits) - 1'075;
  const decimal found = shortest((bits & (hidden_bit - 1)) | hidden_bit, exponent);
  if (magnitude >= 1) return write_above_one(at, found, static_cast<std::uint64_t>(whole));
  char* const end = write_below_one(at, found);
  return magnitude < 1e-3 && end == at + std::strlen("0.000d") ? nullptr : end;
}

// Five digits, the point, three decimals. The digit in front of the point stays, be it zero.
char* write_thousandths(char* at, std::uint64_t thousandths) {
  constexpr std::uint64_t kept = std::uint64_t{1} << 32U;
  const std::uint64_t digits = eight_digits(thousandths);
  const std::size_t skipped = zeros_in_front(digits | kept);
  const std::size_t decimals = 3 - zeros_at_end(digits | kept);
  put(at, digits >> (8 * skipped));
  at += 5 - skipped;
  const auto behind_point = static_cast<std::uint32_t>((digits | ascii) >> 40U);
  *at = '.';
  std::memcpy(at + 1, &behind_point, sizeof behind_point);
  return at + (decimals > 0 ? 1 + decimals : 0);
}

// Plain notation of whole + fraction / 10^8.
char* write_decimals(char* at, std::uint64_t whole, std::uint64_t fraction) {
  at = write_whole(at, whole);
  if (fraction == 0) return at;
  const std::uint64_t digits = eight_digits(fraction);
  *at = '.';
  put(at + 1, digits);
  return at + 9 - zeros_at_end(digits);
}

// Plain notation of six / 10^5 * 10^first, for a six of six digits and -3 <= first < 5: the point goes between the
// digits.
char* write_six(char* at, std::uint32_t six, int first) {
  const std::uint64_t digits = eight_digits(six) >> 16U;  // behind those two zeros
  const std::size_t significant = 8 - zeros_at_end(digits);
  if (first < 0) {
    std::memcpy(at, "0.000000", 8);
    at += 1 - first;
    put(at, digits);
    return at + significant;
  }
  const auto whole = static_cast<std::size_t>(first) + 1;
  put(at, digits);
  if (significant <= whole) return at + whole;
  at[whole] = '.';
  put(at + whole + 1, digits >> (8 * whole));
  return at + significant + 1;
}

// Returns where the digits go.
char* put_sign(char* at, double value) {
  *at = '-';
  return at + (std::signbit(value) ? 1 : 0);
}

// 10^-5 to 10^16. Not within ten_to(), where it would be made anew with each call.
constexpr std::array<double, 22> scales = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0,  1e1,  1e2,  1e3,  1e4,  1e5,
                                           1e6,  1e7,  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16};

constexpr double ten_to(int exponent) {
  constexpr int first = -5;
  const int place = exponent - first;
  return scales[static_cast<std::size_t>(place)];
}

// Kept apart, so that a number of few decimals has no registers to save for this one.
[[gnu::noinline]] char* write_longer(char* at, double value) {
  const double magnitude = std::fabs(value);
  if (magnitude >= 1e-4 && magnitude < 1e15) {
    if (char* const end = write_plain(put_sign(at, value), magnitude)) return end;
  }
  return std::to_chars(at, at + 32, value).ptr;
}

}  // namespace

char* write_integer(char* at, std::uint64_t value) {
  return write_whole(at, value);
}

// Two decimals of at most 15 digits never read as the same double. So if thousandths / 1000 is this double, which takes
// but one rounded division to find out, no other decimal of so few digits is, and none is shorter. The same of
// millionths, which sensors and our own clients like to send.
char* write_double(char* at, double value) {
  const double magnitude = std::fabs(value);
  if (magnitude < 1e5) {
    const auto thousandths = static_cast<std::int64_t>(magnitude * 1'000 + 0.5);
    if (static_cast<double>(thousandths) / 1'000 == magnitude) {
      return write_thousandths(put_sign(at, value), static_cast<std::uint64_t>(thousandths));
    }
    const auto millionths = static_cast<std::int64_t>(magnitude * 1e6 + 0.5);
    if (magnitude >= 1e-3 && static_cast<double>(millionths) / 1e6 == magnitude) {
      const auto all = static_cast<std::uint64_t>(millionths);
      return write_decimals(put_sign(at, value), all / 1'000'000, all % 1'000'000 * 100);
    }
  }
  return write_longer(at, value);
}

// The six digits are an integer; where the point stands among them and nothing but plain notation comes into question,
// they are written as they are. Elsewhere: an integer below 10^6 divided by a power of ten that is a double is the
// double nearest to that decimal, so the shortest text of it has those digits.
char* write_six_digits(char* at, double value) {
  const double magnitude = std::fabs(value);
  if (!(magnitude >= 1e-4 && magnitude < 1e15)) {
    return std::to_chars(at, at + 32, value, std::chars_format::general, 6).ptr;
  }
  const int exponent = static_cast<int>(std::bit_cast<std::uint64_t>(magnitude) >> 52U) - 1'023;
  int first = log10_of_power_of_2(exponent);  // the place of the first digit, or one below
  if (magnitude >= ten_to(first + 1)) ++first;
  const double unit = first < 5 ? ten_to(5 - first) : ten_to(first - 5);
  if (magnitude >= 1e-3 && first < 5) {
    auto six = static_cast<std::uint32_t>(magnitude * unit + 0.5);
    if (six == 1'000'000) {  // 9.9999996 is 10
      six = 100'000;
      ++first;
    }
    if (first < 5) return write_six(put_sign(at, value), six, first);
  }
  const auto digits = [](double scaled) { return static_cast<double>(static_cast<std::int64_t>(scaled + 0.5)); };
  const double rounded = first < 5 ? digits(magnitude * unit) / unit : digits(magnitude / unit) * unit;
  return write_double(at, std::copysign(rounded, value));
}

}  // namespace spindrift
