// Whether the recent level has left the long-run level: |fast mean - slow mean| in standard deviations of the slow one,
// for four pairs of memories from hours to months (at one point in five minutes).
//
// The fast memory sees x before the comparison, the slow one after it. The slow memories of 500 and 1,000 points are
// also what the other scores take as the stream's present scale, so they are readable: both then include x.
// A plain value of 80 bytes, seven memories of a few nanoseconds each; one thread at a time; |x| <= 1e150. Scores are
// finite, >= 0, and 0 until a slow memory has 20 points and some variance.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "server/detect/ensemble/moving_moments.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

class level_score {
public:
  static constexpr std::size_t score_count = 4;
  static constexpr unsigned slow_count_min = 20;

  std::array<double, score_count> update(double x) {
    const bool is_known = count_ >= slow_count_min;
    fading_moments::count_up(count_);
    teach_fast(x);
    const std::array scores{compare(fast_[0], 0, is_known), compare(fast_[1], 1, is_known),
                            compare(fast_[2], 2, is_known), compare(fast_[1], 3, is_known)};
    teach_slow(x);
    return scores;
  }

  fading_moments last_500() const { return slow(0); }
  fading_moments last_1000() const { return slow(1); }

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, fast memories have a variance as well.
    for (std::size_t i = 0; i < fast_.size(); ++i) {
      fading_moments one(fast_[i], 0.0);
      one.visit_state(archive, count_, fast_windows[i]);
      if constexpr (Archive::reads) fast_[i] = one.mean();
    }
    for (std::size_t i = 0; i < slow_means_.size(); ++i) {
      fading_moments one = slow(i);
      one.visit_state(archive, count_, slow_windows[i]);
      if constexpr (Archive::reads) {
        if (!(one.variance() >= 0.0 && one.variance() <= 1e301)) return archive.refuse();
        keep_slow(i, one);
      }
    }
  }

private:
  static constexpr std::array<std::uint32_t, 3> fast_windows{10, 30, 50};
  static constexpr std::array<std::uint32_t, 4> slow_windows{500, 1'000, 2'000, 100'000};

  // One division for all, that of a young stream; those by the windows are known.
  double gain(std::uint32_t window, double young) const {
    return count_ < window ? young : 1.0 / static_cast<double>(window);
  }
  void teach_fast(double x) {
    const double young = 1.0 / static_cast<double>(count_);
    for (std::size_t i = 0; i < fast_.size(); ++i) {
      fast_[i] = fading_moments::mean_after(fast_[i], x, gain(fast_windows[i], young));
    }
  }
  void teach_slow(double x) {
    const double young = 1.0 / static_cast<double>(count_);
    for (std::size_t i = 0; i < slow_means_.size(); ++i) {
      fading_moments one = slow(i);
      one.update(x, gain(slow_windows[i], young));
      keep_slow(i, one);
    }
  }
  fading_moments slow(std::size_t i) const { return {slow_means_[i], slow_variances_[i].value()}; }
  void keep_slow(std::size_t i, const fading_moments& one) {
    slow_means_[i] = one.mean();
    slow_variances_[i] = half_double::of(one.variance());
  }
  double compare(double fast_mean, std::size_t to, bool is_known) const {
    const double variance = slow_variances_[to].value();
    if (!is_known || variance <= 0.0) return 0.0;
    return std::min(std::abs(fast_mean - slow_means_[to]) / std::sqrt(variance), 1e12);
  }

  std::array<double, 3> fast_{};  // means: nothing is measured by the spread of the newest values
  std::array<double, 4> slow_means_{};
  std::array<half_double, 4> slow_variances_{};  // six digits are more than enough
  std::uint32_t count_ = 0;                      // of all
};
static_assert(sizeof(level_score) == 80);

}  // namespace spindrift
