// Runs of equal values, held against how flat the stream usually is.
#include "server/events/still_watch.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

constexpr std::uint32_t points_min = 100;  // of a stream before it is told to be stuck
constexpr std::uint32_t run_min = 10;
constexpr double nines_min = 9;       // of a run, were equal neighbours independent
constexpr double longest_factor = 3;  // of the longest run seen
constexpr double bound_factor = 6;    // a run at the edge of the range: values are often cut off there
constexpr double share_rate = 1.0 / 500;
constexpr double fading = 0.98;  // a run

}  // namespace

still_watch::answer still_watch::update(const observation& point) {
  answer result;
  if (points_ == 0) {
    last_ = lowest_ = highest_ = point.value;
    points_ = 1;
    from_n_ = point.n;
    from_ = point.ts;
    return result;
  }
  const bool is_equal = point.value == last_;
  if (points_ < points_max) ++points_;
  if (is_equal) {
    ++run_;
    if (!told_)
      equal_share_ += std::max(share_rate, 1.0 / (10.0 + points_)) * (1 - equal_share_) * (run_ < run_min ? 1 : 0.2);
    if (!told_ && is_too_long()) result.found = describe(point);
    told_ = told_ || result.found;
    return result;
  }
  equal_share_ -= std::max(share_rate, 1.0 / (10.0 + points_)) * equal_share_;
  if (moves_ < moves_min) ++moves_;
  result.moved = told_;
  end_run();
  last_ = point.value;
  lowest_ = std::min(lowest_, last_);
  highest_ = std::max(highest_, last_);
  from_n_ = point.n;
  from_ = point.ts;
  return result;
}

finding still_watch::describe(const observation& point) const {
  finding found;
  found.kind = event_kind::stuck;
  found.from_n = from_n_;
  found.from = from_;
  found.points = run_ + 1;
  found.value = point.value;
  found.expected = point.seen.baseline.expected;
  found.nines = std::min(nines(), 12.0);
  found.size = std::min(run_ / (longest_ + 1), 100.0);
  return found;
}

void still_watch::end_run() {
  // What was told is no habit until it comes again and again: it counts by half.
  const double length = told_ ? 0.5 * run_ : run_;
  if (run_ > 0) longest_ = std::max(fading * longest_, length);
  run_ = 0;
  told_ = false;
}

// Of a run as long, were each point free to equal the one before or not.
double still_watch::nines() const {
  return -std::log10(std::clamp(equal_share_, 0.01, 0.999999)) * run_;
}

bool still_watch::is_too_long() const {
  if (points_ < points_min || moves_ < moves_min || run_ < run_min) return false;
  if (nines() < nines_min) return false;
  const bool at_bound = last_ == lowest_ || last_ == highest_;
  return run_ >= (at_bound ? bound_factor : longest_factor) * (longest_ + (at_bound ? 10 : 1));
}

}  // namespace spindrift
