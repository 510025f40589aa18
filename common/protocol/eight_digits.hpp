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

// High halves of 3, and still so when 6 is added: '0' to '9'.
inline bool are_digits(std::uint64_t word) {
  constexpr std::uint64_t high_halves = 0xf0f0'f0f0'f0f0'f0f0U;
  return ((word & high_halves) | (((word + 0x0606'0606'0606'0606U) & high_halves) >> 4U)) == 0x3333'3333'3333'3333U;
}

inline std::uint64_t number_of(std::uint64_t digits) {
  digits -= 0x3030'3030'3030'3030U;
  digits = digits * 10 + (digits >> 8U);  // pairs, in every second byte
  constexpr std::uint64_t pairs = 0x0000'00ff'0000'00ffU;
  constexpr std::uint64_t first = 100 + (std::uint64_t{1'000'000} << 32U);
  constexpr std::uint64_t second = 1 + (std::uint64_t{10'000} << 32U);
  return ((digits & pairs) * first + ((digits >> 16U) & pairs) * second) >> 32U;
}

}  // namespace spindrift::eight_digits
