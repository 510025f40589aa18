// Eight digits at a time: times and whole doubles have sixteen and more of them (D. Lemire, "Number Parsing at a
// Gigabyte per Second", 2021, section 3). Header, since it lies on the way of every point; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace spindrift::eight_digits {

static_assert(std::endian::native == std::endian::little);

// The eight bytes at `at`, all of which may be read.
inline std::uint64_t load(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

inline constexpr std::uint64_t zeros = 0x3030'3030'3030'3030U;  // as text

// The high bits of those bytes that are no digits. What a digit has beyond '0' is below 10, so that adding 118 to it
// gives no high bit.
inline std::uint64_t others_in(std::uint64_t word) {
  constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080U;
  const std::uint64_t beyond = word ^ zeros;
  return (((beyond & ~high_bits) + 0x7676'7676'7676'7676U) | beyond) & high_bits;
}

inline bool are_digits(std::uint64_t word) {
  return others_in(word) == 0;
}

// How many of the bytes are digits, from the first on.
inline unsigned count_of(std::uint64_t word) {
  return static_cast<unsigned>(std::countr_zero(others_in(word))) / 8U;
}

inline std::uint64_t number_of(std::uint64_t digits) {
  digits -= zeros;
  digits = digits * 10 + (digits >> 8U);  // pairs, in every second byte
  constexpr std::uint64_t pairs = 0x0000'00ff'0000'00ffU;
  constexpr std::uint64_t first = 100 + (std::uint64_t{1'000'000} << 32U);
  constexpr std::uint64_t second = 1 + (std::uint64_t{10'000} << 32U);
  return ((digits & pairs) * first + ((digits >> 16U) & pairs) * second) >> 32U;
}

// Of the first `count` of the bytes, 1 to 7: zeros are put in front.
inline std::uint64_t number_of(std::uint64_t digits, unsigned count) {
  return number_of(digits << (64U - 8U * count) | zeros >> (8U * count));
}

}  // namespace spindrift::eight_digits
