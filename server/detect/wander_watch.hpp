// Whether a stream that seems to have stepped only wanders: how well its values are foretold by a fading mean of those
// before, for three memories (1, 4 and 16 values). A wave, a slope, a counter or a random walk is followed by one of
// them better than by any two levels; noise with a step in it is not, since each of them pays for its short memory
// (exponential smoothing as a forecast; Muth, JASA 55 (1960)).
//
// A plain value of 96 bytes inside drift_detector; about 2 ns a value. Values are finite and of its own unit.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace spindrift {

class wander_watch {
public:
  void add(std::span<const double> values) {
    for (const double x : values) {
      if (count_++ == 0) {
        levels_.fill(x);
        continue;
      }
      largest_ = std::max(largest_, std::abs(x - levels_[0]));
      for (std::size_t k = 0; k < lanes; ++k) {
        const double error = x - levels_[k];
        levels_[k] += gain[k] * error;
        sums_[k] += error;
        squares_[k] += error * error;
      }
    }
  }

  // The values from here on are another stretch; the means go on.
  void restart() {
    count_ = std::min<std::uint64_t>(count_, 1);
    sums_.fill(0);
    squares_.fill(0);
    largest_ = 0;
  }

  std::uint64_t count() const { return count_; }

  // The variance of the errors of the lane that foretells best; a constant error, as on a slope, is none.
  double error_variance() const {
    double least = INFINITY;
    for (std::size_t k = 0; k < lanes; ++k) least = std::min(least, variance(k));
    return least;
  }

  // How surely the values go one way, in standard errors of the mean step; and its variance.
  double trend() const {
    const double n = static_cast<double>(count_);
    const double spread = std::sqrt(variance(0) / n);
    const double step = std::abs(sums_[0]) / n;
    return step > 0 ? step / spread : 0;
  }
  // One step went at least half of the gap, and no other one nearly as far: no wave does that.
  bool has_leapt(double gap) const {
    const double n = static_cast<double>(count_);
    const double rest = std::max(0.0, squares_[0] - largest_ * largest_) / n;
    return largest_ >= 0.5 * std::abs(gap) && largest_ * largest_ > leap * leap * rest;
  }
  double step_variance() const { return variance(0); }
  double newest_level() const { return levels_[0]; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(count_, largest_, levels_, sums_, squares_);
  }

private:
  static constexpr std::size_t lanes = 3;
  static constexpr double leap = 6;  // in sigma of the other steps
  static constexpr std::array<double, lanes> gain{1.0, 0.25, 0.0625};

  double variance(std::size_t k) const {
    const double n = static_cast<double>(count_ > 1 ? count_ - 1 : 1);
    return std::max(0.0, squares_[k] - sums_[k] * sums_[k] / n) / n;
  }

  std::uint64_t count_ = 0;  // since the start or restart
  double largest_ = 0;       // |step| since then
  std::array<double, lanes> levels_{};
  std::array<double, lanes> sums_{};
  std::array<double, lanes> squares_{};
};

}  // namespace spindrift
