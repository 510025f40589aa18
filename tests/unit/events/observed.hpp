// Points as the detectors would have seen them, for tests of single watches.
#pragma once

#include <cstdint>

#include "server/events/finding.hpp"

namespace spindrift {

inline constexpr std::int64_t observed_ms = 1'000;  // between points

// Of a known baseline; flagged beyond a |z| of 5.
inline observation observed(std::uint64_t n, double value, double expected = 0, double sigma = 1) {
  observation point;
  point.n = n;
  point.ts = static_cast<std::int64_t>(n) * observed_ms;
  point.value = value;
  point.seen.baseline.expected = expected;
  point.seen.baseline.sigma = sigma;
  point.seen.baseline.z = (value - expected) / sigma;
  point.seen.baseline.warmup = false;
  point.seen.zscore_flagged = point.seen.baseline.z > 5 || point.seen.baseline.z < -5;
  return point;
}

}  // namespace spindrift
