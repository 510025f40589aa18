// Whether the recent level has left the long-run level: |fast mean - slow mean| in standard deviations of the slow one,
// for four pairs of memories from hours to months (at one point in five minutes).
//
// The fast memory sees x before the comparison, the slow one after it. The slow memories of 500 and 1,000 points are
// also what the other scores take as the stream's present scale, so they are readable: both then include x.
// A plain value of 120 bytes, seven memories of a few nanoseconds each; one thread at a time; |x| <= 1e150. Scores are
// finite, >= 0, and 0 until a slow memory has 20 points and some variance.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "server/detect/ensemble/moving_moments.hpp"

namespace spindrift {

class level_score {
public:
  static constexpr std::size_t score_count = 4;
  static constexpr unsigned slow_count_min = 20;

  std::array<double, score_count> update(double x) {
    const bool is_known = count_ >= slow_count_min;
    fading_moments::count_up(count_);
    teach(fast_, fast_windows, x);
    const std::array scores{compare(fast_[0], slow_[0], is_known), compare(fast_[1], slow_[1], is_known),
                            compare(fast_[2], slow_[2], is_known), compare(fast_[1], slow_[3], is_known)};
    teach(slow_, slow_windows, x);
    return scores;
  }

  const fading_moments& last_500() const { return slow_[0]; }
  const fading_moments& last_1000() const { return slow_[1]; }

  template <class Archive>
  void visit_state(Archive& archive) {
    for (std::size_t i = 0; i < fast_.size(); ++i) fast_[i].visit_state(archive, count_, fast_windows[i]);
    for (std::size_t i = 0; i < slow_.size(); ++i) slow_[i].visit_state(archive, count_, slow_windows[i]);
  }

private:
  static constexpr std::array<std::uint32_t, 3> fast_windows{10, 30, 50};
  static constexpr std::array<std::uint32_t, 4> slow_windows{500, 1'000, 2'000, 100'000};

  template <std::size_t n>
  void teach(std::array<fading_moments, n>& all, const std::array<std::uint32_t, n>& windows, double x) const {
    // One division for all, that of a young stream; those by the windows are known.
    const double young = 1.0 / static_cast<double>(count_);
    for (std::size_t i = 0; i < n; ++i) {
      all[i].update(x, count_ < windows[i] ? young : 1.0 / static_cast<double>(windows[i]));
    }
  }
  static double compare(const fading_moments& fast, const fading_moments& slow, bool is_known) {
    if (!is_known || slow.variance() <= 0.0) return 0.0;
    return std::min(std::abs(fast.mean() - slow.mean()) / std::sqrt(slow.variance()), 1e12);
  }

  std::array<fading_moments, 3> fast_{};
  std::array<fading_moments, 4> slow_{};
  std::uint32_t count_ = 0;  // of all
};

}  // namespace spindrift
