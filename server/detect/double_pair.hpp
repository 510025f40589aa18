// Two doubles at once: SSE2 on x86-64, NEON on ARM; GCC and clang lower it to plain code elsewhere. Each of the two is
// computed as it would be alone, to the last bit. Pure; any thread.
#pragma once

#include <cstring>

namespace spindrift {

using double_pair = double __attribute__((vector_size(16)));

// Of two neighbours, anywhere.
inline double_pair load_pair(const double* from) {
  double_pair loaded;
  std::memcpy(&loaded, from, sizeof loaded);
  return loaded;
}
inline void store_pair(double_pair of, double* to) {
  std::memcpy(to, &of, sizeof of);
}

}  // namespace spindrift
