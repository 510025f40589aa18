// How often the tails were reached, coarsely and in bounded memory.
#include "server/detect/tail_histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace spindrift {
namespace {

constexpr unsigned counted_max = 4096;

constexpr std::size_t bucket_of_2_5 = 4;
constexpr double known = 500;

constexpr double light_shoulder = 0.025;
constexpr double light_gap = 1;     // a light tail ends where no more lie below T than above it
constexpr double heavy_gap = 0.25;  // a heavy one has to thin out for longer
constexpr double empty = 0.0005;    // of all
constexpr double anomalies_max = 0.08;

constexpr unsigned edge_count = 30;
constexpr unsigned edge_fall = 20;
constexpr double beyond_edge = 0.025;  // of all, at most

}  // namespace

void tail_histogram::add(double z) {
  ++total_;
  const double scaled = z * (1 / first_edge);
  std::size_t bucket = 0;
  if (scaled >= 1) {
    // The octave is the exponent; the quarter comes from comparing the mantissa, so no logarithm is needed.
    const auto bits = std::bit_cast<std::uint64_t>(scaled);
    const double mantissa = std::bit_cast<double>((bits & 0xFFFFFFFFFFFFFULL) | 0x3FF0000000000000ULL);
    const std::size_t octave = (bits >> 52U) - 1023;
    const std::size_t quarter = static_cast<std::size_t>(mantissa >= quarter_octave) +
                                static_cast<std::size_t>(mantissa >= half_octave) +
                                static_cast<std::size_t>(mantissa >= three_quarters);
    bucket = std::min(octave * 4 + quarter, buckets - 1);
    count_up(bucket);
  }
  if (total_ >= counted_max) halve();
  if (bucket >= bucket_of_2_5 || total_ % 64 == 0) compute_threshold();
}

void tail_histogram::count_up(std::size_t bucket) {
  if (bucket < near_buckets) {
    ++near_[bucket];
    return;
  }
  if (!far_) far_ = std::make_unique<far_counts>();
  ++(*far_)[bucket - near_buckets];
}

void tail_histogram::halve() {
  for (auto& count : near_) count = static_cast<std::uint16_t>(count / 2);
  if (far_) {
    for (auto& count : *far_) count = static_cast<std::uint16_t>(count / 2);
  }
  total_ = static_cast<std::uint16_t>(total_ / 2);
}

// Noise with a sharp bound: a half octave of many, and next to it a quarter of hardly any. In Gaussian noise, this far
// in, that quarter has a seventh. The scale moves by some percent, so the half octave takes in where the bound lies.
void tail_histogram::find_edge() {
  edge_ = 0;
  if (total_ < known) return;
  double above = 0;
  for (std::size_t i = 2; i < buckets_held(); ++i) above += count(i);
  for (std::size_t i = 2; i < bucket_of_2_5; ++i) {
    const unsigned below = near_[i - 1] + near_[i - 2];
    if (below >= edge_count && edge_fall * near_[i] <= below && 2 * near_[i] <= above &&
        above <= beyond_edge * total_) {
      edge_ = static_cast<std::uint8_t>(i - 1);
      return;
    }
    above -= near_[i];
  }
}

void tail_histogram::compute_threshold() {
  const double total = total_;
  double shoulder = 0;
  for (std::size_t i = bucket_of_2_5; i < bucket_of_5; ++i) shoulder += near_[i];
  // One more than seen, of fifty more: without evidence a tail is heavy.
  const bool light = (shoulder + 1) / (total + 50) <= light_shoulder;
  const double gap = light ? light_gap : heavy_gap;
  find_edge();
  // For the counts the lowest threshold lies on the edge below 5, which is 4.2.
  std::size_t cut = total < known ? bucket_of_5 : bucket_of_5 - 1;
  threshold_ = total < known ? cautious : lowest;
  double above = 0;
  for (std::size_t i = cut; i < buckets_held(); ++i) above += count(i);
  for (; cut + 1 < buckets; ++cut) {
    // The benefit of the doubt, one standard deviation of a count, goes to the flag in a light tail, else to the point.
    double below = count(cut - 1) + count(cut - 2);
    below += light ? -1 - std::sqrt(below) : std::sqrt(below);
    if (below <= std::max(empty * total, gap * above) && above <= anomalies_max * total + 3) return;
    above -= count(cut);
    ++threshold_;
  }
  threshold_ = thresholds.size() - 1;
}

// Of numbers that are none of these, the next above.
void tail_histogram::take_over(const std::array<std::uint16_t, buckets>& counts, double threshold, double edge) {
  const auto begin_of_far = counts.begin() + near_buckets;
  std::copy(counts.begin(), begin_of_far, near_.begin());
  far_.reset();
  if (std::any_of(begin_of_far, counts.end(), [](std::uint16_t count) { return count > 0; })) {
    far_ = std::make_unique<far_counts>();
    std::copy(begin_of_far, counts.end(), far_->begin());
  }
  const auto place = [](const auto& all, double number) {
    return static_cast<std::uint8_t>(std::lower_bound(all.begin(), all.end() - 1, number) - all.begin());
  };
  threshold_ = place(thresholds, threshold);
  edge_ = place(edges, edge);
}

}  // namespace spindrift
