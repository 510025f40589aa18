// Whether the recent level has left the long-run level: |fast mean - slow mean| in standard deviations of the slow one,
// for four pairs of memories from hours to months (at one point in five minutes).
//
// The fast memory sees x before the comparison, the slow one after it. The slow memories of 500 and 1,000 points are
// also what the other scores take as the stream's present scale, so they are readable: both then include x.
// A plain value of 168 bytes, seven memories of a few nanoseconds each; one thread at a time; |x| <= 1e150. Scores are
// finite, >= 0, and 0 until a slow memory has 20 points and some variance.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "server/detect/ensemble/moving_moments.hpp"

namespace spindrift {

class level_score {
public:
  static constexpr std::size_t score_count = 4;
  static constexpr unsigned slow_count_min = 20;

  std::array<double, score_count> update(double x) {
    for (auto& moments : fast_) moments.update(x);
    const std::array scores{compare(fast_[0], slow_[0]), compare(fast_[1], slow_[1]), compare(fast_[2], slow_[2]),
                            compare(fast_[1], slow_[3])};
    for (auto& moments : slow_) moments.update(x);
    return scores;
  }

  const moving_moments& last_500() const { return slow_[0]; }
  const moving_moments& last_1000() const { return slow_[1]; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(fast_, slow_);
  }

private:
  static double compare(const moving_moments& fast, const moving_moments& slow) {
    if (slow.count() < slow_count_min || slow.variance() <= 0.0) return 0.0;
    return std::min(std::abs(fast.mean() - slow.mean()) / std::sqrt(slow.variance()), 1e12);
  }

  std::array<moving_moments, 3> fast_{moving_moments(10), moving_moments(30), moving_moments(50)};
  std::array<moving_moments, 4> slow_{moving_moments(500), moving_moments(1000), moving_moments(2000),
                                      moving_moments(100000)};
};

}  // namespace spindrift
