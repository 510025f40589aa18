// Four floats at once, of four shapes or of four levels of one: left to itself GCC takes them one by one where it has a
// training's counts. Each of the four is as it would be alone, to the last bit. Pure; any thread.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "server/detect/ensemble/pair_arithmetic.hpp"

namespace spindrift {

using four_floats = float __attribute__((vector_size(16)));
using four_wholes = std::int32_t __attribute__((vector_size(16)));
static_assert(std::endian::native == std::endian::little);

inline four_floats floats_of(four_wholes of) {
  return __builtin_convertvector(of, four_floats);
}
// Sixteen bytes, four by four. Zeros are put between them: SSE2 has no other way, and GCC would take each by itself.
inline std::array<four_wholes, 4> wholes_of(const void* sixteen) {
  using bytes = std::uint8_t __attribute__((vector_size(16)));
  using shorts = std::uint16_t __attribute__((vector_size(16)));
  const auto loaded = vector_at<bytes>(sixteen);
  const auto lower = std::bit_cast<shorts>(
      __builtin_shufflevector(loaded, bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
  const auto upper = std::bit_cast<shorts>(
      __builtin_shufflevector(loaded, bytes{}, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
  return {std::bit_cast<four_wholes>(__builtin_shufflevector(lower, shorts{}, 0, 8, 1, 9, 2, 10, 3, 11)),
          std::bit_cast<four_wholes>(__builtin_shufflevector(lower, shorts{}, 4, 12, 5, 13, 6, 14, 7, 15)),
          std::bit_cast<four_wholes>(__builtin_shufflevector(upper, shorts{}, 0, 8, 1, 9, 2, 10, 3, 11)),
          std::bit_cast<four_wholes>(__builtin_shufflevector(upper, shorts{}, 4, 12, 5, 13, 6, 14, 7, 15))};
}
inline four_wholes wholes_of(const std::array<std::int16_t, 4>& shorts) {
  using four_shorts = std::int16_t __attribute__((vector_size(8)));
  return __builtin_convertvector(vector_at<four_shorts>(shorts.data()), four_wholes);
}
inline four_floats roots(four_floats of) {
#if __has_builtin(__builtin_ia32_sqrtps)
  return __builtin_ia32_sqrtps(of);
#else
  return four_floats{std::sqrt(of[0]), std::sqrt(of[1]), std::sqrt(of[2]), std::sqrt(of[3])};
#endif
}
inline float least_of(four_floats of) {
  const four_floats two = smaller<four_floats>(of, __builtin_shufflevector(of, of, 2, 3, 0, 1));
  return std::min(two[0], two[1]);
}
inline four_floats four_at(const float* from) {
  return vector_at<four_floats>(from);
}
inline void put_four(four_floats of, float* to) {
  std::memcpy(to, &of, sizeof of);
}

}  // namespace spindrift
