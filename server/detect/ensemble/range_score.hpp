// How far a value lies outside everything seen before, in units of the range seen before; 0 inside it.
//
// A plain value of 16 bytes, a few compares a point; one thread at a time; |x| <= 1e150. The result is finite, >= 0 and
// at most 1e12; 0 while all values were the same.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {

class range_score {
public:
  double update(double x) {
    if (empty()) {
      lowest_ = highest_ = x;
      return 0.0;
    }
    const double beyond = std::max({x - highest_, lowest_ - x, 0.0});
    if (beyond == 0.0) return 0.0;
    const double width = highest_ - lowest_;
    lowest_ = std::min(lowest_, x);
    highest_ = std::max(highest_, x);
    return width > 0.0 ? std::min(beyond / width, 1e12) : 0.0;
  }

  bool empty() const { return std::isnan(lowest_); }
  double lowest() const { return lowest_; }
  double highest() const { return highest_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, an empty one says so by itself.
    bool is_empty = empty();
    double lowest = is_empty ? 0.0 : lowest_;
    archive(is_empty, lowest, highest_);
    if constexpr (Archive::reads) lowest_ = is_empty ? none : lowest;
  }

private:
  static constexpr double none = std::numeric_limits<double>::quiet_NaN();

  double lowest_ = none;  // while nothing has been seen
  double highest_ = 0.0;
};

}  // namespace spindrift
