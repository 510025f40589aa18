// Looks for a cut in an adaptive window at its clock, and drops the older side where there is one.
#include "server/detect/adwin.hpp"

#include <cmath>

namespace spindrift {

bool adwin::tick() {
  const adwin_settings& settings = window_.settings();
  until_tick_ = settings.clock;
  window_.flush();
  if (!(window_.width() > static_cast<double>(settings.grace_period)) || !window_.may_exceed(1.0)) return false;
  bool dropped = false;
  while (has_cut()) {
    window_.drop_oldest();
    dropped = true;
  }
  n_detections_ += dropped ? 1 : 0;
  return dropped;
}

// The order of operations is part of the result: see docs/detection.md. After a cut it asks first at the same boundary:
// while the oldest buckets are dropped one by one, the cut mostly stays there.
bool adwin::has_cut() {
  const double least = static_cast<double>(window_.settings().min_window_length);
  const double dp = window_.log_term();
  const double variance = window_.variance_sum() / window_.width();
  const auto exceeds = [=](double n0, double u0, double n1, double u1) {
    const double m = 1.0 / (n0 - least + 1.0) + 1.0 / (n1 - least + 1.0);
    const double bound = std::sqrt(((2.0 * m) * variance) * dp) + ((2.0 / 3.0) * dp) * m;
    return std::fabs(u0 / n0 - u1 / n1) > bound;
  };
  if (cut_n1_ > 0.0 && window_.find_boundary(exceeds, cut_n1_) > 0.0) return true;
  cut_n1_ = window_.find_boundary(exceeds);
  return cut_n1_ > 0.0;
}

void adwin::restart() {
  until_tick_ = window_.settings().clock;
  cut_n1_ = 0.0;
  window_.clear();
}

}  // namespace spindrift
