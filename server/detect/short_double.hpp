// Doubles without the end of their mantissa, with all of their range: short_double, six bytes of eleven digits, for a
// level (one of 1e9 is told to a hundredth), and half_double, four bytes of six digits, for a variance. For what is
// kept in large numbers and is itself less exact than that.
//
// Plain values, aligned to two and four bytes. Rounded to the nearest; the very largest would become infinite, so
// |x| <= 1e301.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace spindrift {

class short_double {
public:
  static constexpr double precision = 0x1p-36;  // twice what rounding takes off, of the value

  short_double() = default;
  static short_double of(double value) {
    const std::uint64_t rounded = std::bit_cast<std::uint64_t>(value) + 0x8000U;
    short_double made;
    made.bits_ = {static_cast<std::uint16_t>(rounded >> 16U), static_cast<std::uint16_t>(rounded >> 32U),
                  static_cast<std::uint16_t>(rounded >> 48U)};
    return made;
  }
  double value() const {
    return std::bit_cast<double>(std::uint64_t{bits_[0]} << 16U | std::uint64_t{bits_[1]} << 32U |
                                 std::uint64_t{bits_[2]} << 48U);
  }

private:
  std::array<std::uint16_t, 3> bits_{};  // the lowest first
};

struct half_double {
  std::uint32_t bits = 0;

  static half_double of(double value) {
    return {static_cast<std::uint32_t>((std::bit_cast<std::uint64_t>(value) + (1U << 31U)) >> 32U)};
  }
  double value() const { return std::bit_cast<double>(std::uint64_t{bits} << 32U); }
};

}  // namespace spindrift
