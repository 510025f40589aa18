// Errors against their own distribution: is this one beyond what the noise of this stream does? As the robust Z-score
// judges (robust_zscore.hpp): a median that is followed in steps, and the tail rule of tail_histogram.hpp, so that
// heavy tails raise the bound and a gap in the errors is found.
//
// A plain value of 136 bytes; one thread at a time; some 10 ns. Sizes are finite and not negative.
#pragma once

#include <algorithm>
#include <cstdint>

#include "server/detect/error_scale.hpp"
#include "server/detect/tail_histogram.hpp"

namespace spindrift {

class own_distribution {
public:
  // How far out the error is, as a multiple of the bound: beyond 1 it is no part of the noise. 0 while too few are
  // known.
  double judge(double size, double least) const {
    if (count_ < judges_from) return 0;
    const double sigma = std::max(scale_.sigma(), least);
    return sigma > 0 ? size / (sigma * tail_.threshold()) : 0;
  }
  bool is_judging() const { return count_ >= judges_from; }
  void add(double size, double least) {
    if (count_ < judges_from) ++count_;
    const double sigma = std::max(scale_.sigma(), least);
    if (count_ > counts_from && sigma > 0) tail_.add(std::min(size / sigma, 1e9));
    scale_.add(size, least);
  }
  void relearn() {
    scale_.relearn(20);
    tail_.halve();
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(scale_, tail_, count_);
  }

private:
  static constexpr std::uint32_t judges_from = 100;
  static constexpr std::uint32_t counts_from = 30;

  error_scale scale_;
  tail_histogram tail_;
  std::uint32_t count_ = 0;
};

}  // namespace spindrift
