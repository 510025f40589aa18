// Arithmetic on two doubles at once, for what is done alike to several numbers of a point: left to itself GCC takes
// them one by one where it has a training's counts. Each of the two is as it would be alone, to the last bit, and a
// number alone is taken as well.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "server/detect/double_pair.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

using bits_pair = std::uint64_t __attribute__((vector_size(16)));
using word_four = std::uint32_t __attribute__((vector_size(16)));

// Of two neighbours, anywhere.
inline double_pair load_pair(const half_double* from) {
  word_four upper{};
  std::memcpy(&upper, from, 2 * sizeof *from);
  return std::bit_cast<double_pair>(__builtin_shufflevector(word_four{}, upper, 0, 4, 1, 5));
}
inline void store_pair(double_pair of, half_double* to) {
  const auto words = std::bit_cast<word_four>(std::bit_cast<bits_pair>(of) + (std::uint64_t{1} << 31U));
  to[0].bits = words[1];
  to[1].bits = words[3];
}

inline double magnitude(double of) {
  return std::abs(of);
}
inline double_pair magnitude(double_pair of) {
  return std::bit_cast<double_pair>(std::bit_cast<bits_pair>(of) & ~(std::uint64_t{1} << 63U));
}
inline double root(double of) {
  return std::sqrt(of);
}
inline double_pair root(double_pair of) {
#if __has_builtin(__builtin_ia32_sqrtpd)
  return __builtin_ia32_sqrtpd(of);
#else
  return double_pair{std::sqrt(of[0]), std::sqrt(of[1])};
#endif
}
// Of numbers that are not NaN.
template <class Number>
Number larger(Number a, Number b) {
  return a < b ? b : a;
}
template <class Number>
Number smaller(Number a, Number b) {
  return b < a ? b : a;
}
// 0 where `size` is less than matters.
template <class Number>
Number zero_below(Number of, Number size, double least) {
  return size < least ? Number{} : of;
}

}  // namespace spindrift
