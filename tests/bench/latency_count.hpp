// Latencies of a run, in nanoseconds: 64 buckets to each doubling, so a quantile is right to 1.6 %, and the exact
// maximum. 32 KiB, about 2 ns a value; one thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace spindrift::bench {

class latency_count {
public:
  void add(std::uint64_t nanoseconds) {
    ++counts_[index_of(nanoseconds)];
    ++total_;
    max_ = std::max(max_, nanoseconds);
  }
  std::uint64_t total() const { return total_; }
  double max_us() const { return static_cast<double>(max_) / 1e3; }

  // The upper edge of the bucket in which the value of this rank lies.
  double quantile_us(double q) const {
    const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(total_));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      seen += counts_[i];
      if (seen > rank) return std::min(static_cast<double>(upper_edge(i)), static_cast<double>(max_)) / 1e3;
    }
    return max_us();
  }

private:
  static constexpr unsigned sub_bits = 6;
  static constexpr std::uint64_t subs = 1U << sub_bits;

  static std::size_t index_of(std::uint64_t value) {
    if (value < subs) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - sub_bits - 1;
    return static_cast<std::size_t>(shift * subs + (value >> shift));
  }
  static std::uint64_t upper_edge(std::size_t index) {
    if (index < subs) return index;
    const std::uint64_t shift = index / subs - 1;
    return ((index - shift * subs + 1) << shift) - 1;
  }

  std::array<std::uint64_t, 64 * subs> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace spindrift::bench
