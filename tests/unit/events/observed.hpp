// Points as the detectors would have seen them, for tests of single watches.
#pragma once

#include <cstdint>

#include "server/events/finding.hpp"

namespace spindrift {

inline constexpr std::int64_t observed_ms = 1'000;  // between points

// One that can be made bit by bit, and owns what it was seen as.
struct observed_point {
  std::uint64_t n = 0;
  std::int64_t ts = 0;
  double value = 0;
  feature_reading seen{};
  double crowd = 0;
  bool repeat = false;
  bool after_hole = false;
  bool settling = false;

  operator observation() const { return {n, ts, value, seen, crowd, repeat, after_hole, settling}; }
};

// Of a known baseline; flagged beyond a |z| of 5.
inline observed_point observed(std::uint64_t n, double value, double expected = 0, double sigma = 1) {
  observed_point point;
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
