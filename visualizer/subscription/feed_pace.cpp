// Counts points, and says which way is the better one.
#include "visualizer/subscription/feed_pace.hpp"

#include <algorithm>

namespace spindrift {
namespace {

// In doublings: a stream more is no reason to subscribe anew.
int pause_for(std::size_t streams, int at_least) {
  int every_ms = at_least;
  while (every_ms<feed_pace::every_ms_most&& static_cast<double>(streams) * 1'000 / every_ms> feed_pace::streams_per_s)
    every_ms *= 2;
  return std::min(every_ms, feed_pace::every_ms_most);
}

}  // namespace

int feed_pace::judge(std::size_t streams, std::int64_t now_ms) {
  if (since_ms_ == 0) since_ms_ = now_ms;
  const std::int64_t passed_ms = now_ms - since_ms_;
  if (passed_ms < std::max<std::int64_t>(judged_ms, every_ms_)) return every_ms_;
  const double per_s = static_cast<double>(points_) * 1'000 / static_cast<double>(passed_ms);
  points_ = 0;
  since_ms_ = now_ms;
  const bool speaks_for_other = every_ms_ == 0 ? per_s > lines_per_s_max : per_s < lines_per_s_least;
  judgements_ = speaks_for_other ? judgements_ + 1 : 0;
  if (every_ms_ == 0 && judgements_ == 2) {
    judgements_ = 0;
    every_ms_ = pause_for(streams, every_ms_least);
  } else if (every_ms_ > 0 && judgements_ == quiet_judgements) {
    judgements_ = 0;
    every_ms_ = 0;
  } else if (every_ms_ > 0) {
    every_ms_ = pause_for(streams, every_ms_);
  }
  return every_ms_;
}

}  // namespace spindrift
