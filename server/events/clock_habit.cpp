// Times of excursions, held against hours, days and weeks.
#include "server/events/clock_habit.hpp"

#include <algorithm>
#include <cmath>

namespace spindrift {
namespace {

struct period {
  double minutes;
  double tolerance;
};
constexpr std::array<period, 3> periods = {{{60, 1.5}, {1'440, 75}, {10'080, 120}}};
constexpr double minutes_apart = 50;
constexpr int periods_min = 3;
constexpr double periods_back = 5;  // one may have been missed

// Of any time, within what 32 bits hold.
double minute_of(std::int64_t ts) {
  return std::clamp(static_cast<double>(ts) / 60'000, 0.0, 4e9);
}

}  // namespace

bool clock_habit::is_usual(std::int64_t ts, bool is_up) const {
  const double minute = minute_of(ts);
  const std::size_t held = std::min<std::size_t>(count_, kept);
  for (const period& one : periods) {
    unsigned seen = 0;  // a bit for each period back
    for (std::size_t i = 0; i < held; ++i) {
      if (this->is_up(i) != is_up) continue;
      const double back = (minute - times_[i]) / one.minutes;
      const double whole = std::round(back);
      if (whole < 1 || whole > periods_back) continue;
      if (std::abs(back - whole) * one.minutes <= one.tolerance) seen |= 1U << static_cast<unsigned>(whole);
    }
    int times = 0;
    for (; seen != 0; seen &= seen - 1) ++times;
    if (times >= periods_min) return true;
  }
  return false;
}

void clock_habit::learn(std::int64_t ts, bool is_up) {
  // The same one again, while the baseline finds its feet.
  const std::size_t newest = (count_ + kept - 1) % kept;
  if (count_ > 0 && this->is_up(newest) == is_up && std::abs(minute_of(ts) - times_[newest]) < minutes_apart) return;
  times_[count_ % kept] = static_cast<std::uint32_t>(minute_of(ts));
  set_up(count_ % kept, is_up);
  const std::uint32_t next = count_ + 1U;
  count_ = static_cast<std::uint16_t>(next < count_end ? next : kept + next % kept);
}

}  // namespace spindrift
