// Two doubles at once: SSE2 on x86-64, NEON on ARM; GCC and clang lower it to plain code elsewhere. Each of the two is
// computed as it would be alone, to the last bit. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstring>

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
// `many` of two neighbouring floats, 0 for the other; and back.
template <std::size_t many = 2>
double_pair load_widened(const float* from) {
  using float_four = float __attribute__((vector_size(16)));
  float_four loaded{};
  std::memcpy(&loaded, from, many * sizeof(float));
  return double_pair{static_cast<double>(loaded[0]), static_cast<double>(loaded[1])};
}
template <std::size_t many = 2>
void store_rounded(double_pair of, float* to) {
#if defined(__SSE2__) && !defined(__clang__)
  // By its name: of a vector of two floats GCC clears what is clear, each time.
  const auto rounded = __builtin_ia32_cvtpd2ps(of);
#else
  using float_pair = float __attribute__((vector_size(8)));
  const auto rounded = __builtin_convertvector(of, float_pair);
#endif
  std::memcpy(to, &rounded, many * sizeof(float));
}

}  // namespace spindrift
