// How heavy the tail of the noise is: a histogram of |error| / sigma, and from it the least T beyond which an error is
// no longer part of the noise.
//
// A plain value inside robust_zscore, 104 bytes. Four buckets an octave from 1.25 up to 1,280; all counts are halved
// when 4,096 errors are counted, so it forgets. An add costs a few compares; T is computed afresh when an error
// beyond 2.5 comes (one in eighty in Gaussian noise) and every 64th time.
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

namespace spindrift {

class tail_histogram {
public:
  // z: |error| / sigma, finite, not negative.
  void add(double z);
  double threshold() const { return threshold_; }
  // Where noise with a sharp bound ends; 0: it has none.
  double edge() const { return edge_; }
  // Forgets half of what it knows.
  void halve();

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(counts_, total_, threshold_, edge_);
  }

private:
  static constexpr std::size_t buckets = 40;
  void find_edge();
  void compute_threshold();

  std::array<std::uint16_t, buckets> counts_{};
  std::uint16_t total_ = 0;
  double threshold_ = 5;
  double edge_ = 0;
};

}  // namespace spindrift
