// A histogram of latencies in fixed memory: 128 buckets an octave, so that a percentile is off by less than 0.4 % (half
// a bucket), whatever the range; below 256 ns every nanosecond has its own. In the manner of HdrHistogram (Gil Tene).
//
// 60 KiB whatever is recorded; 1 ns a value. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace spindrift {

class latency_histogram {
public:
  latency_histogram();

  void record(std::uint64_t nanoseconds, std::uint64_t times = 1);
  std::uint64_t count() const { return count_; }
  std::uint64_t max() const { return max_; }
  // The latency in nanoseconds that a share `quantile` (0 to 1) of the values does not exceed; empty without values.
  std::optional<double> percentile(double quantile) const;

private:
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  std::uint64_t max_ = 0;  // exact
};

}  // namespace spindrift
