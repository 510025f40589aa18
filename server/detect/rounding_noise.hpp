// Numbers that differ by what adding and dividing leaves in the last digits of a double are one number: the mean of
// five readings of 21.3 is 21.3 or 21.300000000000001, and whoever counts how often a value comes, or whether it moves
// at all, must not see two. Pure; any thread; some 15 instructions, one of them a division.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace spindrift {

namespace rounding_noise {

// Of |x| from 2^-30 (1e-9) to 2^46 (7e13). Smaller ones would need a power of ten that no double is; larger ones are
// whole numbers, or have no digits to spare.
inline constexpr int exponent_min = -30;
inline constexpr int exponent_end = 46;

// 10^14 at most, and 5 * 10^12 at least, of |x| in [2^e, 2^(e+1)): as many decimals.
inline constexpr auto scales = [] {
  constexpr double log10_of_2 = 0.30102999566398120;
  std::array<double, exponent_end - exponent_min> made{};
  for (std::size_t i = 0; i < made.size(); ++i) {
    const double decimals = 14 - (static_cast<double>(i) + exponent_min + 1) * log10_of_2;
    double scale = 1;
    for (int d = 1; d <= decimals; ++d) scale *= 10;
    made[i] = scale;
  }
  return made;
}();
// Added and taken away again, it leaves the nearest whole number; std::nearbyint would be a call.
inline constexpr double whole = 0x1.8p52;
inline double nearest_whole(double x) {
  return (x + whole) - whole;
}
static_assert(scales.front() == 1e22 && scales.back() == 1e0);

}  // namespace rounding_noise

// The nearest number of 13 digits. One of up to 12 digits comes back as it is, bit for bit: a whole number by an exact
// power of ten is rounded once, as reading it was.
inline double without_rounding_noise(double x) {
  const auto exponent = static_cast<int>((std::bit_cast<std::uint64_t>(x) >> 52U) & 0x7ffU) - 1'023;
  if (exponent < rounding_noise::exponent_min || exponent >= rounding_noise::exponent_end) return x;
  const double scale = rounding_noise::scales[static_cast<std::size_t>(exponent - rounding_noise::exponent_min)];
  return rounding_noise::nearest_whole(x * scale) / scale;
}

}  // namespace spindrift
