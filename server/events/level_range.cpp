// Follows the means of blocks of points, and what they leave open.
#include "server/events/level_range.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spindrift {
namespace {

constexpr double move_rate = 1.0 / 32;
constexpr double fading = 1.0 / 400;  // of the range, a block
constexpr double beyond_moves = 1;
constexpr double one_way = 0.7;      // of the moves, where the level has a slope
constexpr double young_units = 1.5;  // usual scatters that a change has at least while it does not

}  // namespace

bool level_range::is_new(double change, double usual) const {
  if (!is_known()) {
    const double middle = (lowest_ + highest_) / 2;
    return blocks_ > lag && (recent_ > middle) == (change > 0) &&
           std::abs(recent_ - middle) > young_units * usual + (highest_ - lowest_) / 2;
  }
  // Where the level has always gone it goes on to.
  const double further = std::abs(slope_) > one_way * move_ && (slope_ > 0) == (change > 0) ? (lag + 1) * slope_ : 0;
  return change > 0 ? recent_ > highest_ + further + beyond_moves * move_
                    : recent_ < lowest_ + further - beyond_moves * move_;
}

void level_range::accept() {
  lowest_ = std::min(lowest_, recent_);
  highest_ = std::max(highest_, recent_);
}

void level_range::learn(double value, double cleaned, bool is_frozen) {
  if (blocks_ == 0 && in_block_ == 0) recent_ = value;
  recent_ += recent_rate * (value - recent_);
  sum_ += cleaned;
  if (++in_block_ < block) return;
  const double mean = sum_ / block;
  sum_ = 0;
  in_block_ = 0;
  const double leaving = waiting_[blocks_ % lag];
  if (blocks_ > 0) {
    const double way = mean - waiting_[(blocks_ - 1) % lag];
    // One great step is an event, not how the level moves.
    const double step = blocks_ > 8 ? std::min(std::abs(way), 4 * move_) : std::abs(way);
    const double rate = std::max(move_rate, 1.0 / blocks_);
    slope_ += rate * (std::copysign(step, way) - slope_);
    move_ += rate * (step - move_);
  }
  if (blocks_ == lag) lowest_ = highest_ = leaving;
  if (blocks_ > lag && !is_frozen) {
    lowest_ = std::min(lowest_ + fading * (leaving - lowest_), leaving);
    highest_ = std::max(highest_ - fading * (highest_ - leaving), leaving);
  }
  waiting_[blocks_ % lag] = mean;
  if (blocks_ < std::numeric_limits<std::uint32_t>::max() - lag) ++blocks_;
}

}  // namespace spindrift
