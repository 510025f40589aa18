// A number in 16 bits, as IEEE 754 writes it (binary16): eleven bits of precision, and magnitudes from 6e-5 to 65,504;
// smaller ones lose precision, larger ones become the largest. For what is compared and no more, in large numbers.
//
// A plain value; finite. In plain code, the same to the bit everywhere: reading is three operations that run on vector
// registers, writing some more.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

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

}  // namespace spindrift
