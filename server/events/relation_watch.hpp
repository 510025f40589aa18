// Values of one point that go together, and the moment at which they no longer do: fading means, variances and
// covariances of pairs of features, and of each pair that moves together what the one leaves unexplained of the other,
// smoothed over some points, in units of how large that usually is.
//
// Of up to 8 features all pairs are followed, of more each one with the next three. 24 bytes a feature and 40 a pair;
// some 8 ns a pair and point. One stream, one thread at a time. A pair is judged from 250 points on while the one
// explains two thirds of the other; what has strayed as far before is no news. Nothing is learned from a pair that is
// apart but slowly, so that the way back is seen. Source of the fading moments: West, CACM 22 (1979).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "server/detect/reading.hpp"

namespace spindrift {

class relation_watch {
public:
  static constexpr std::size_t features_max = 1'024;  // of a saved state

  explicit relation_watch(std::size_t features);

  // The pair that is farthest apart, if one is: its residual, in units of the usual one.
  std::optional<relation_reading> update(std::span<const double> values, const reading& seen);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(points_);
    for (moments& one : features_) archive(one.mean, one.variance, one.odd);
    for (pair& two : pairs_) archive(two.correlation, two.residual, two.usual, two.record);
  }

private:
  struct moments {
    double mean = 0;
    double variance = 0;
    double odd = 0;  // recent mean of the baseline's |z|
    double now = 0;  // the present value in standard deviations
  };
  struct pair {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
    double correlation = 0;
    double residual = 0;  // smoothed
    double usual = 0;     // mean |residual|
    double record = 0;    // the farthest that it strayed, fading
  };

  void follow(moments& one, double value, const feature_reading& seen) const;
  double judge(pair& two) const;

  std::uint32_t points_ = 0;
  std::vector<moments> features_;
  std::vector<pair> pairs_;
};

}  // namespace spindrift
