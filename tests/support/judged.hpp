// A point as the robust baseline with a clock sees it, by value: what a test asks of it in one line. Any thread.
#pragma once

#include "server/detect/timed_zscore.hpp"

namespace spindrift::support {

struct judged_point : feature_reading {
  double season = 0;
};

inline judged_point judge(timed_zscore& by, double x, double t, double interval, bool after_hole = false) {
  judged_point seen;
  seen.season = by.update(x, t, interval, after_hole, seen).value;
  return seen;
}

}  // namespace spindrift::support
