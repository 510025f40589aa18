// Whether a stream that seems to have stepped only wanders: how well its values are foretold by a fading mean of those
// before, for three memories (1, 4 and 16 values). A wave, a slope, a counter or a random walk is followed by one of
// them better than by any two levels; noise with a step in it is not, since each of them pays for its short memory
// (exponential smoothing as a forecast; Muth, JASA 55 (1960)).
//
// A plain value of 80 bytes inside drift_detector, which counts the values anyway: `count` is how many there were since
// the start, and since a restart with the one before it. About 2 ns a value. Values are finite and of its own unit.
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
  // count: before them.
  void add(std::span<const double> values, std::uint64_t count) {
    for (const double x : values) {
      if (count++ == 0) {
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
    sums_.fill(0);
    squares_.fill(0);
    largest_ = 0;
  }

  // The variance of the errors of the lane that foretells best; a constant error, as on a slope, is none.
  double error_variance(std::uint64_t count) const {
    double least = INFINITY;
    for (std::size_t k = 0; k < lanes; ++k) least = std::min(least, variance(k, count));
    return least;
  }

  // How surely the values go one way, in standard errors of the mean step; and its variance.
  double trend(std::uint64_t count) const {
    const double n = static_cast<double>(count);
    const double spread = std::sqrt(variance(0, count) / n);
    const double step = std::abs(sums_[0]) / n;
    return step > 0 ? step / spread : 0;
  }
  // One step went at least half of the gap, and no other one nearly as far: no wave does that.
  bool has_leapt(double gap, std::uint64_t count) const {
    const double n = static_cast<double>(count);
    const double rest = std::max(0.0, squares_[0] - largest_ * largest_) / n;
    return largest_ >= 0.5 * std::abs(gap) && largest_ * largest_ > leap * leap * rest;
  }
  double step_variance(std::uint64_t count) const { return variance(0, count); }
  double newest_level() const { return levels_[0]; }

  template <class Archive>
  void visit_state(Archive& archive, std::uint64_t& count) {
    archive(count, largest_, levels_, sums_, squares_);
  }

private:
  static constexpr std::size_t lanes = 3;
  static constexpr double leap = 6;  // in sigma of the other steps
  static constexpr std::array<double, lanes> gain{1.0, 0.25, 0.0625};

  double variance(std::size_t k, std::uint64_t count) const {
    const double n = static_cast<double>(count > 1 ? count - 1 : 1);
    return std::max(0.0, squares_[k] - sums_[k] * sums_[k] / n) / n;
  }

  double largest_ = 0;  // |step| since the start or restart
  std::array<double, lanes> levels_{};
  std::array<double, lanes> sums_{};
  std::array<double, lanes> squares_{};
};

}  // namespace spindrift
