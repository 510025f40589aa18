// A value in units of what its stream is used to: a level and a spread that follow it slowly, for the small networks,
// which want numbers about 1. The first 32 values decide where it begins; then each point moves both by a 256th, and by
// no more than three spreads.
//
// A plain value; one thread at a time. Values are finite; what comes out is drawn in to +-`reach`, ten at most where it
// is used.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace spindrift {

class following_scale {
public:
  explicit following_scale(double reach = 10) : reach_(reach) {}

  bool is_settled() const { return count_ >= settled; }
  double spread() const { return spread_; }
  // Of a level, and of a step from one value to the next.
  float level_of(double x) const { return drawn_in((x * 0.5 - level_ * 0.5) / spread_ * 2); }
  float step_of(double x, double before) const { return drawn_in((x * 0.5 - before * 0.5) / spread_ * 2); }
  // The least error that counts: below it a difference is the coarseness of the values.
  double least_error() const { return std::max({spread_ * 1e-6, least_step_, std::abs(level_) * 0x1p-50}); }

  void follow(double x, double before) {
    const double step = std::min(std::abs(x * 0.5 - before * 0.5), 1e300) * 2;
    if (count_ > 0 && step > 0 && (least_step_ == 0 || step < least_step_)) least_step_ = step;
    if (count_ < settled) ++count_;
    const double share = std::max(1.0 / count_, 1.0 / 256);
    const double distance = std::clamp(x * 0.5 - level_ * 0.5, -1e300, 1e300) * 2;
    if (count_ == 1) {
      level_ = x;
      spread_ = std::max(std::abs(x) * 1e-9, 1e-300);
      return;
    }
    const bool is_young = count_ < settled;
    const double reach_now = is_young ? 1e301 : 3 * spread_;
    const double moved = std::clamp(distance, -reach_now, reach_now);
    level_ += share * moved;
    spread_ += share * (std::abs(moved) - spread_);
    spread_ = std::max({spread_, std::abs(level_) * 1e-9, 1e-300});
  }
  // A new level.
  void jump(double x) { level_ = x; }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(level_, spread_, least_step_, count_);
    if constexpr (Archive::reads) {
      const bool is_empty = count_ == 0 && spread_ == 0;
      if (!std::isfinite(level_) || !std::isfinite(least_step_) || least_step_ < 0 ||
          !(is_empty || (spread_ > 0 && std::isfinite(spread_)))) {
        archive.refuse();
      }
    }
  }

private:
  static constexpr std::uint32_t settled = 32;

  float drawn_in(double x) const { return static_cast<float>(std::clamp(x, -reach_, reach_)); }

  double reach_;  // no part of the state
  double level_ = 0;
  double spread_ = 0;      // the mean distance from the level
  double least_step_ = 0;  // the smallest there was; 0: none
  std::uint32_t count_ = 0;
};

}  // namespace spindrift
