// Counts round trips in buckets, and reads percentiles off them.
#include "client/latency.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace spindrift {
namespace {

// A value of w bits keeps its top 8: bucket = 128 * (w - 8) + those 8 bits; values below 256 are their own bucket.
//
//   w:       <= 8        9           10          ...  64
//   buckets: 0 ... 255 | 256 ... 383 | 384 ... 511 | ... | ... 7423
constexpr unsigned kept_bits = 8;
constexpr std::size_t per_octave = 1U << (kept_bits - 1);
constexpr std::size_t bucket_count = per_octave * (64 - kept_bits + 2);

unsigned dropped_bits(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width > kept_bits ? width - kept_bits : 0;
}

std::size_t bucket_of(std::uint64_t value) {
  const unsigned dropped = dropped_bits(value);
  return per_octave * dropped + static_cast<std::size_t>(value >> dropped);
}

double middle_of(std::size_t bucket) {
  if (bucket < 2 * per_octave) return static_cast<double>(bucket);
  const std::size_t dropped = bucket / per_octave - 1;
  const std::size_t kept = bucket - per_octave * dropped;
  return std::ldexp(static_cast<double>(kept) + 0.5, static_cast<int>(dropped)) - 0.5;
}

}  // namespace

latency_histogram::latency_histogram() : buckets_(bucket_count, 0) {}

void latency_histogram::record(std::uint64_t nanoseconds, std::uint64_t times) {
  buckets_[bucket_of(nanoseconds)] += times;
  count_ += times;
  max_ = std::max(max_, nanoseconds);
}

std::optional<double> latency_histogram::percentile(double quantile) const {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::ceil(quantile * static_cast<double>(count_));
  const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(std::max(wanted, 1.0)), 1, count_);
  std::uint64_t seen = 0;
  std::size_t bucket = 0;
  for (; bucket < bucket_count; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) break;
  }
  return std::min(middle_of(bucket), static_cast<double>(max_));
}

}  // namespace spindrift
