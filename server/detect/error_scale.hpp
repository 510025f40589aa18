// The usual size of an error: the median of |error|, followed in small steps, so that up to half of the errors may be
// outliers. A plain value of 16 bytes; an add is a compare, a multiplication and a division. Sizes are finite.
//
// Up: value x (1 + rate), down: value / (1 + rate). The rate falls from 0.1 to 0.01 as errors come. It also grows with
// the length of a run of errors all above or all below, which is short while the scale is right: a scale that is wrong
// by many powers of ten is right again after a few hundred points.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace spindrift {

class error_scale {
public:
  double median() const { return median_; }
  // The sigma of Gaussian noise with this median; 0 before the first error.
  double sigma() const { return sigma_per_median * median_; }

  // size: |error|, finite. least > 0: the median is not followed below it, or it would take long to come back.
  void add(double size, double least) {
    if (age_ < averaged) {
      // At first a mean, which is there at once; one outlier counts for no more than eight of what came before.
      const double reach = age_ < 3 || median_ == 0 ? size : std::min(size, 8 * median_);
      median_ += (reach - median_) / (age_ + 1);
      ++age_;
      return;
    }
    const double base = age_ < settled ? std::clamp(3.0 / age_, slowest, fastest) : slowest;
    if (age_ < settled) ++age_;
    const bool up = size > median_;
    run_ = up ? std::max(run_, 0) + 1 : std::min(run_, 0) - 1;
    run_ = std::clamp(run_, -run_max, run_max);
    const double growth = 1 + std::min(1.0, base * (1 + std::abs(run_) / 8));
    median_ = std::max(up ? median_ * growth : median_ / growth, least);
  }

  // How many errors in a row were below the median, up to 1,000.
  std::int32_t quiet_run() const { return std::max(-run_, 0); }

  // Moves fast again: as if only `age` errors had been seen.
  void relearn(std::uint32_t age) { age_ = std::min(age_, age); }
  // Starts again from a guess, which weighs as much as `age` errors.
  void restart(double median, std::uint32_t age) {
    median_ = median;
    age_ = age;
    run_ = 0;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(median_, age_, run_);
    if constexpr (Archive::reads) {
      if (!(median_ >= 0) || run_ > run_max || run_ < -run_max) archive.refuse();
    }
  }

private:
  static constexpr double sigma_per_median = 1.4826;
  static constexpr std::uint32_t averaged = 20;
  static constexpr std::uint32_t settled = 300;  // 3 / age reaches the slowest rate here
  static constexpr double slowest = 0.01;
  static constexpr double fastest = 0.1;
  static constexpr std::int32_t run_max = 1000;

  double median_ = 0;
  std::uint32_t age_ = 0;
  std::int32_t run_ = 0;
};

}  // namespace spindrift
