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
#include "server/detect/ensemble/pair_arithmetic.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

class level_score {
public:
  static constexpr std::size_t score_count = 4;
  static constexpr unsigned slow_count_min = 20;

  std::array<double, score_count> update(double x) {
    const bool is_known = count_ >= slow_count_min;
    fading_moments::count_up(count_);
    // One division for all, that of a young stream: the weight of a new value is never less than 1 / window.
    const double young = 1.0 / static_cast<double>(count_);
    teach_fast(x, young);
    std::array<double, score_count> scores{};
    if (is_known) {
      store_pair(compare(double_pair{fast_[0], fast_[1]}, 0), &scores[0]);
      store_pair(compare(double_pair{fast_[2], fast_[1]}, 2), &scores[2]);
    }
    teach_slow(x, young);
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

  void teach_fast(double x, double young) {
    for (std::size_t i = 0; i < fast_.size(); ++i) {
      fast_[i] = fading_moments::mean_after(fast_[i], x, std::max(young, 1.0 / static_cast<double>(fast_windows[i])));
    }
  }
  // As fading_moments does, two at a time.
  void teach_slow(double x, double young) {
    for (std::size_t i = 0; i < slow_means_.size(); i += 2) {
      const double_pair weight =
          larger(young + double_pair{}, double_pair{1.0 / slow_windows[i], 1.0 / slow_windows[i + 1]});
      const double_pair mean = load_pair(&slow_means_[i]);
      const double_pair d = x - mean;
      const double_pair next = mean + weight * d;
      store_pair(zero_below(next, magnitude(next), 1e-150), &slow_means_[i]);
      const double_pair variance = (1.0 - weight) * (load_pair(&slow_variances_[i]) + weight * d * d);
      store_pair(zero_below(variance, variance, 1e-300), &slow_variances_[i]);
    }
  }
  fading_moments slow(std::size_t i) const { return {slow_means_[i], slow_variances_[i].value()}; }
  void keep_slow(std::size_t i, const fading_moments& one) {
    slow_means_[i] = one.mean();
    slow_variances_[i] = half_double::of(one.variance());
  }
  // With the slow memories `to` and the next. 0 without a variance.
  double_pair compare(double_pair fast_means, std::size_t to) const {
    const double_pair variance = load_pair(&slow_variances_[to]);
    const double_pair distance = magnitude(fast_means - load_pair(&slow_means_[to]));
    return variance > 0.0 ? smaller(distance / root(variance), 1e12 + double_pair{}) : double_pair{};
  }

  std::array<double, 3> fast_{};  // means: nothing is measured by the spread of the newest values
  std::array<double, 4> slow_means_{};
  std::array<half_double, 4> slow_variances_{};  // six digits are more than enough
  std::uint32_t count_ = 0;                      // of all
};
static_assert(sizeof(level_score) == 80);

}  // namespace spindrift
