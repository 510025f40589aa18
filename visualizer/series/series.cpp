// Samples in the order of their numbers: appended, put in late, or begun anew.
#include "visualizer/series/series.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace spindrift {

series::series(std::string stream, std::string feature, std::size_t points_max)
    : stream_(std::move(stream)), feature_(std::move(feature)), points_max_(points_max) {
  assert(points_max_ > 0);
}

void series::add(const sample& seen) {
  if (!samples_.empty() && seen.n <= samples_.back().n) {
    if (!began_anew(seen.n)) {
      may_restart_ = false;
      insert_late(seen);
      return;
    }
    restart();
  }
  may_restart_ = false;
  samples_.push_back(seen);
  while (samples_.size() > points_max_) samples_.pop_front();
  ++arrivals_;
  count(seen);
}

bool series::began_anew(std::uint64_t n) const {
  return may_restart_ || samples_.back().n - n > reorder_max || holds(n);
}

bool series::holds(std::uint64_t n) const {
  const auto at = std::ranges::lower_bound(samples_, n, {}, &sample::n);
  return at != samples_.end() && at->n == n;
}

void series::insert_late(const sample& seen) {
  count(seen);
  // Older than all that is kept, while the history is full: it would be the one to leave.
  if (seen.n < samples_.front().n && samples_.size() == points_max_) return;
  samples_.insert(std::ranges::lower_bound(samples_, seen.n, {}, &sample::n), seen);
  if (samples_.size() > points_max_) samples_.pop_front();
  ++generation_;
}

void series::restart() {
  samples_.clear();
  totals_ = {};
  ++generation_;
}

void series::count(const sample& seen) {
  totals_.anomalies += seen.is_anomaly ? 1U : 0U;
  totals_.drifts += seen.is_drift ? 1U : 0U;
  totals_.alarms += seen.is_alarm ? 1U : 0U;
}

}  // namespace spindrift
