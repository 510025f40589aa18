// Mean and variance of a stream with an exponentially fading memory of about `window` points (West, CACM 1979, with
// the weight of a new value never below 1/window): plain averages while young, fading afterwards.
//
// Plain values: moving_moments, of 24 bytes, counts for itself; fading_moments, of 16, are for those who have several
// that take a value at the same time, and one count for all. One thread at a time. update takes |x| <= 1e150 and costs
// a few nanoseconds; the results then stay finite for ever. Magnitudes too small to matter are set to zero, since a
// long constant stretch would otherwise leave subnormal numbers behind, which no later step ever clears and which cost
// a hundred cycles each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace spindrift {

class fading_moments {
public:
  fading_moments() = default;
  fading_moments(double mean, double variance) : mean_(mean), variance_(variance) {}

  // The weight of the newest of so many values. One division a point is cheaper than eight bytes more to fetch.
  static double gain(std::uint32_t count, std::uint32_t window) {
    return 1.0 / static_cast<double>(std::min(count, window));
  }
  static void count_up(std::uint32_t& count) {
    if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
  }

  // Of a mean alone, where nobody asks for the spread.
  static double mean_after(double mean, double x, double weight) {
    const double next = mean + weight * (x - mean);
    return std::abs(next) < 1e-150 ? 0.0 : next;
  }

  void update(double x, double weight) {
    const double d = x - mean_;
    mean_ = mean_after(mean_, x, weight);
    variance_ = (1.0 - weight) * (variance_ + weight * d * d);
    if (variance_ < 1e-300) variance_ = 0.0;
  }

  double mean() const { return mean_; }
  double variance() const { return variance_; }

  template <class Archive>
  void visit_state(Archive& archive, std::uint32_t& count, std::uint32_t window) {
    double said = count == 0 ? 2.0 : gain(count, window);  // stands in what was saved, and the count says it
    archive(said, mean_, variance_, count);
  }

private:
  double mean_ = 0.0;
  double variance_ = 0.0;
};

class moving_moments : public fading_moments {
public:
  explicit moving_moments(std::uint32_t window) : window_(window) {}

  void update(double x) {
    count_up(count_);
    fading_moments::update(x, gain(count_, window_));
  }

  std::uint32_t count() const { return count_; }

private:
  std::uint32_t count_ = 0;
  std::uint32_t window_;
};

}  // namespace spindrift
