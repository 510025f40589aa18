#include "visualizer/series.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace spindrift {

series::series(std::string stream, std::string feature, std::size_t points_max)
    : stream_(std::move(stream)), feature_(std::move(feature)), points_max_(points_max) {
  assert(points_max_ > 0);
}

void series::add(const sample& what) {
  if (!samples_.empty() && what.n <= samples_.back().n) {
    if (!began_anew(what.n)) {
      may_restart_ = false;
      insert_late(what);
      return;
    }
    restart();
  }
  may_restart_ = false;
  samples_.push_back(what);
  if (samples_.size() > points_max_) samples_.pop_front();
  ++arrivals_;
  count(what);
}

bool series::began_anew(std::uint64_t n) const {
  return may_restart_ || samples_.back().n - n > reorder_max || holds(n);
}

bool series::holds(std::uint64_t n) const {
  const auto at = std::ranges::lower_bound(samples_, n, {}, &sample::n);
  return at != samples_.end() && at->n == n;
}

void series::insert_late(const sample& what) {
  count(what);
  // Older than all that is kept, while the history is full: it would be the one to leave.
  if (what.n < samples_.front().n && samples_.size() == points_max_) return;
  samples_.insert(std::ranges::lower_bound(samples_, what.n, {}, &sample::n), what);
  if (samples_.size() > points_max_) samples_.pop_front();
  ++generation_;
}

void series::restart() {
  samples_.clear();
  totals_ = {};
  ++generation_;
}

void series::count(const sample& what) {
  totals_.anomalies += what.is_anomaly ? 1U : 0U;
  totals_.drifts += what.is_drift ? 1U : 0U;
  totals_.alarms += what.is_alarm ? 1U : 0U;
}

}  // namespace spindrift
