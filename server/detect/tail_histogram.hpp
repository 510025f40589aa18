// How heavy the tail of the noise is: a histogram of |error| / sigma, and from it the least T beyond which an error is
// no longer part of the noise.
//
// Inside robust_zscore, 48 bytes, and 48 more from the first error beyond 28 on; movable. Four buckets an octave from
// 1.25 up to 1,280; all counts are halved when 4,096 errors are counted, so it forgets. An add costs a few compares; T
// is computed afresh when an error beyond 2.5 comes (one in eighty in Gaussian noise) and every 64th time.
//
// The rule for T: it starts at 4.6 (5 until 500 errors are known) and rises bucket by bucket until the half octave
// below it is empty, or nearly so against what lies above: what is separate from the noise by a gap is anomalous, a
// tail that goes on is not. "Nearly" is judged by the shoulder, the share of errors from 2.5 to 5: Gaussian noise
// has 1.2 % there, t(3) 5.5 %, lognormal 7.6 %. More than 8 % of all errors are never called anomalous: then T is out
// of reach. It also looks for a sharp bound: from 500 errors on, where a half octave (of those up to
// 2.1) with 30 or more is followed by a quarter octave of a twentieth, and no more than 2.5 % of all lie beyond, T is
// there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace spindrift {

class tail_histogram {
public:
  // z: |error| / sigma, finite, not negative.
  void add(double z);
  double threshold() const { return thresholds[threshold_]; }
  // Where noise with a sharp bound ends; 0: it has none.
  double edge() const { return edges[edge_]; }
  // Forgets half of what it knows.
  void halve();

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, all counts lie together, and what was found is told as it is.
    std::array<std::uint16_t, buckets> counts{};
    double found_threshold = threshold();
    double found_edge = edge();
    for (std::size_t i = 0; i < buckets; ++i) counts[i] = count(i);
    archive(counts, total_, found_threshold, found_edge);
    if constexpr (Archive::reads) take_over(counts, found_threshold, found_edge);
  }

private:
  static constexpr std::size_t buckets = 40;
  static constexpr std::size_t near_buckets = 18;  // up to 28
  using far_counts = std::array<std::uint16_t, buckets - near_buckets>;

  static constexpr double first_edge = 1.25;
  static constexpr double quarter_octave = 1.189207115002721;
  static constexpr double half_octave = 1.4142135623730951;
  static constexpr double three_quarters = 1.681792830507429;
  static constexpr std::size_t bucket_of_5 = 8;
  static constexpr double cautious_threshold = 5;
  static constexpr double lowest_threshold = 4.6;
  static constexpr double never = 1e12;  // above every |error| / sigma, which end at z_max

  // All that T can be, ascending: the lowest, the cautious one, that by quarter octaves as far as buckets go, never.
  static constexpr std::uint8_t lowest = 0;
  static constexpr std::uint8_t cautious = 1;
  static constexpr auto thresholds = [] {
    std::array<double, buckets - bucket_of_5 + 1> all{lowest_threshold, cautious_threshold};
    for (std::size_t i = cautious + 1; i + 1 < all.size(); ++i) all[i] = all[i - 1] * quarter_octave;
    all.back() = never;
    return all;
  }();
  // And the bound: none, or the lower edges of the buckets 2 and 3.
  static constexpr std::array<double, 3> edges{0, first_edge* half_octave, first_edge* half_octave* quarter_octave};

  std::uint16_t count(std::size_t bucket) const {
    if (bucket < near_buckets) return near_[bucket];
    return far_ ? (*far_)[bucket - near_buckets] : std::uint16_t{0};
  }
  std::size_t buckets_held() const { return far_ ? buckets : near_buckets; }
  void count_up(std::size_t bucket);
  void find_edge();
  void compute_threshold();
  void take_over(const std::array<std::uint16_t, buckets>& counts, double threshold, double edge);

  std::uint16_t total_ = 0;
  std::uint8_t threshold_ = cautious;  // of `thresholds`,
  std::uint8_t edge_ = 0;              // of `edges`
  std::array<std::uint16_t, near_buckets> near_{};
  std::unique_ptr<far_counts> far_;  // none until there was such an error
};

}  // namespace spindrift
