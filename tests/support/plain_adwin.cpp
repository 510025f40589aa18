#include "tests/support/plain_adwin.hpp"

#include <cmath>
#include <cstddef>

namespace spindrift {

bool plain_adwin::update(double x) {
  append(x);
  ++tick_;
  if (tick_ % settings_.clock != 0 || !(width_ > static_cast<double>(settings_.grace_period))) return false;
  bool dropped = false;
  while (has_cut()) {
    drop_oldest();
    dropped = true;
  }
  if (dropped) ++n_detections_;
  return dropped;
}

void plain_adwin::append(double x) {
  if (rows_.empty()) rows_.emplace_back();
  rows_[0].push_back({x, 0.0});
  width_ += 1.0;
  if (width_ > 1.0) {
    const double d = x - total_ / (width_ - 1.0);
    variance_sum_ += (((width_ - 1.0) * d) * d) / width_;
  }
  total_ += x;

  for (std::size_t r = 0; rows_[r].size() > settings_.max_buckets; ++r) {
    if (r + 1 == rows_.size()) rows_.emplace_back();
    const bucket a = rows_[r][0];
    const bucket b = rows_[r][1];
    rows_[r].pop_front();
    rows_[r].pop_front();
    const double n = std::ldexp(1.0, static_cast<int>(r));
    const double difference = a.total / n - b.total / n;
    rows_[r + 1].push_back(
        {a.total + b.total, (a.variance_sum + b.variance_sum) + ((n * 0.5) * difference) * difference});
  }
}

bool plain_adwin::has_cut() const {
  const double least = static_cast<double>(settings_.min_window_length);
  const double dp = std::log((2.0 * std::log(width_)) / settings_.delta);
  const double variance = variance_sum_ / width_;
  double n0 = 0.0;
  double n1 = width_;
  double u0 = 0.0;
  double u1 = total_;
  for (std::size_t r = rows_.size(); r-- > 0;) {
    const double n = std::ldexp(1.0, static_cast<int>(r));
    for (std::size_t i = 0; i < rows_[r].size(); ++i) {
      n0 += n;
      n1 -= n;
      u0 += rows_[r][i].total;
      u1 -= rows_[r][i].total;
      if (r == 0 && i + 1 == rows_[r].size()) return false;
      if (n0 < least || n1 < least) continue;
      const double m = 1.0 / (n0 - least + 1.0) + 1.0 / (n1 - least + 1.0);
      const double bound = std::sqrt(((2.0 * m) * variance) * dp) + ((2.0 / 3.0) * dp) * m;
      if (std::fabs(u0 / n0 - u1 / n1) > bound) return true;
    }
  }
  return false;
}

void plain_adwin::drop_oldest() {
  const double n = std::ldexp(1.0, static_cast<int>(rows_.size() - 1));
  const bucket oldest = rows_.back().front();
  rows_.back().pop_front();
  if (rows_.back().empty()) rows_.pop_back();
  const double mean = oldest.total / n;
  width_ -= n;
  total_ -= oldest.total;
  const double window_mean = total_ / width_;
  variance_sum_ -= oldest.variance_sum + (((n * width_) * (mean - window_mean)) * (mean - window_mean)) / (n + width_);
}

}  // namespace spindrift
