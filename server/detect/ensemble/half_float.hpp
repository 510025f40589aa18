// A number in 16 bits, as IEEE 754 writes it (binary16): eleven bits of precision, and magnitudes from 6e-5 to 65,504;
// smaller ones lose precision, larger ones become the largest. For what is compared and no more, in large numbers.
//
// A plain value; finite. In plain code, the same to the bit everywhere: reading is three operations that run on vector
// registers, writing some more.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace spindrift {

struct half_float {
  static constexpr float largest = 65504.0F;

  std::uint16_t bits = 0;

  static half_float of(float value) {
    // The exponent's bias is 112 less than a float's, and the last 13 bits are rounded away, to the nearest even.
    const auto scaled = std::bit_cast<std::uint32_t>(value * 0x1p-112F);
    constexpr auto most = std::bit_cast<std::uint32_t>(largest * 0x1p-112F);
    const std::uint32_t magnitude = std::min(scaled & 0x7FFFFFFFU, most);
    const std::uint32_t rounded = (magnitude + 0xFFFU + ((magnitude >> 13U) & 1U)) >> 13U;
    return {static_cast<std::uint16_t>((scaled >> 16U & 0x8000U) | rounded)};
  }
  float value() const {
    // Shifted with its sign, which then fills three bits more than it has.
    const auto shifted = static_cast<std::int32_t>(std::uint32_t{bits} << 16U) >> 3U;
    return std::bit_cast<float>(static_cast<std::uint32_t>(shifted) & 0x8FFFE000U) * 0x1p112F;
  }
};

// Four that are not negative, at once.
class half_four {
public:
  half_four() = default;
  static half_four of(const std::array<double, 4>& values) {
    using float_four = float __attribute__((vector_size(16)));
    const float_four floats{static_cast<float>(values[0]), static_cast<float>(values[1]), static_cast<float>(values[2]),
                            static_cast<float>(values[3])};
    const auto scaled = std::bit_cast<whole_four>(floats * 0x1p-112F);
    constexpr auto most = std::bit_cast<std::int32_t>(half_float::largest * 0x1p-112F);
    const whole_four magnitude = scaled < most ? scaled : most + whole_four{};
    half_four made;
    const auto bits = __builtin_convertvector((magnitude + 0xFFF + ((magnitude >> 13) & 1)) >> 13, short_four);
    std::memcpy(&made.bits_, &bits, sizeof bits);
    return made;
  }
  // Of two that are not negative the one with more in its bits is the higher.
  static half_four larger(const half_four& a, const half_four& b) {
    const short_four x = a.bits();
    const short_four y = b.bits();
    const short_four most = x < y ? y : x;
    half_four made;
    std::memcpy(&made.bits_, &most, sizeof most);
    return made;
  }
  double value(std::size_t i) const { return static_cast<double>(half_float{bits_[i]}.value()); }

private:
  using short_four = std::int16_t __attribute__((vector_size(8)));
  using whole_four = std::int32_t __attribute__((vector_size(16)));

  short_four bits() const {
    short_four made;
    std::memcpy(&made, &bits_, sizeof made);
    return made;
  }

  std::array<std::uint16_t, 4> bits_{};
};

}  // namespace spindrift
