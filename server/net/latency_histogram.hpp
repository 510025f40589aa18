// How long points took, as a histogram in Prometheus' sense: of each point the whole of its round, from where its shard
// began with what had been read until the replies were handed to the kernel.
//
// One shard writes, any thread reads (relaxed; a reader may see a round half). Cost: three additions a round, whatever
// the number of its points; the shard takes the time of its rounds anyhow.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace spindrift {

// Plain numbers, of one shard or of several together.
struct latency_counts {
  // Upper bounds, inclusive; the last bucket has none.
  static constexpr std::array<std::chrono::nanoseconds, 14> bounds = {
      std::chrono::microseconds(20),    std::chrono::microseconds(50),   std::chrono::microseconds(100),
      std::chrono::microseconds(250),   std::chrono::microseconds(500),  std::chrono::milliseconds(1),
      std::chrono::microseconds(2'500), std::chrono::milliseconds(5),    std::chrono::milliseconds(10),
      std::chrono::milliseconds(25),    std::chrono::milliseconds(50),   std::chrono::milliseconds(100),
      std::chrono::milliseconds(250),   std::chrono::milliseconds(1'000)};

  std::array<std::uint64_t, bounds.size() + 1> buckets{};
  std::uint64_t sum_ns = 0;
};

class latency_histogram {
public:
  void add(std::chrono::nanoseconds took, std::uint64_t points) {
    if (points == 0) return;
    const auto at = std::lower_bound(latency_counts::bounds.begin(), latency_counts::bounds.end(), took);
    raise(buckets_[static_cast<std::size_t>(at - latency_counts::bounds.begin())], points);
    raise(sum_ns_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, took.count())) * points);
  }
  void add_to(latency_counts& all) const {
    for (std::size_t i = 0; i < buckets_.size(); ++i) all.buckets[i] += buckets_[i].load(std::memory_order_relaxed);
    all.sum_ns += sum_ns_.load(std::memory_order_relaxed);
  }

private:
  // By its one writer.
  static void raise(std::atomic<std::uint64_t>& count, std::uint64_t more) {
    count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, latency_counts::bounds.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_ns_{0};
};

}  // namespace spindrift
