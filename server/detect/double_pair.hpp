// Two doubles at once: SSE2 on x86-64, NEON on ARM; GCC and clang lower it to plain code elsewhere. Each of the two is
// computed as it would be alone, to the last bit. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace spindrift {

using double_pair = double __attribute__((vector_size(16)));

// The bytes of a vector, anywhere.
template <class Vector>
Vector vector_at(const void* from) {
  Vector loaded;
  std::memcpy(&loaded, from, sizeof loaded);
  return loaded;
}

// Of two neighbours.
inline double_pair load_pair(const double* from) {
  return vector_at<double_pair>(from);
}
inline void store_pair(double_pair of, double* to) {
  std::memcpy(to, &of, sizeof of);
}
// `many` of two neighbouring floats, 0 for the other; and back. By SSE2's own names, since GCC clears with each vector
// of floats what is clear.
template <std::size_t many = 2>
double_pair load_widened(const float* from) {
#ifdef __SSE2__
  if constexpr (many == 1) return _mm_cvtps_pd(_mm_load_ss(from));
  return _mm_cvtps_pd(_mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
#else
  return double_pair{static_cast<double>(from[0]), many == 1 ? 0.0 : static_cast<double>(from[many - 1])};
#endif
}
template <std::size_t many = 2>
void store_rounded(double_pair of, float* to) {
#ifdef __SSE2__
  const __m128 rounded = _mm_cvtpd_ps(of);
#else
  using float_pair = float __attribute__((vector_size(8)));
  const float_pair rounded = __builtin_convertvector(of, float_pair);
#endif
  std::memcpy(to, &rounded, many * sizeof(float));
}

}  // namespace spindrift
