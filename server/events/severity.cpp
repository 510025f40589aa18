// Probability, size and duration become one number.
#include "server/events/severity.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {

int severity_of(double nines, double size, std::uint64_t points) {
  const double scale = std::log10(std::clamp(size, 0.1, 1e4));
  const double length = std::log2(static_cast<double>(std::clamp<std::uint64_t>(points, 1, 1U << 20U)));
  const double bits = (nines - 3) / 5 + scale / 2 + length / 12;
  return static_cast<int>(std::clamp(std::lround(100 * (1 - std::exp2(-std::max(bits, 0.0)))), 1L, 100L));
}

}  // namespace spindrift
