// How long anomalies last on a stream that has them: whether a flagged point that follows flagged points is one more of
// them, or the level has changed. It learns the share of flagged points that another one to the same side follows; a
// run that is longer than one in `rare` of the stream's anomalies ever gets is a change, told by its first points. So a
// new level costs a stream with 5 % of single outliers two or three flags in place of the nine until the baseline
// adopts it. A stream that has shown less than `known` anomalies, or bursts of them, keeps all its flags.
//
// A plain value of 32 bytes; one feature, one thread at a time; touched by flagged points, otherwise a compare.
#pragma once

#include <algorithm>
#include <cstdint>

namespace spindrift {

class run_habit {
public:
  // side: 1 or -1 of a point beyond the threshold, 0 of others. Whether the point goes on with what is a change.
  bool update(int side) {
    if (side == 0 || side != side_) {
      // What the baseline has adopted by then was a new level, and none of the anomalies.
      if (run_ > 0 && run_ < adopted) learn();
      run_ = 0;
      is_change_ = false;
      side_ = static_cast<std::int8_t>(side);
      if (side == 0) return false;
    }
    chance_ = run_ == 0 ? 1 : chance_ * follows_;
    if (run_ < run_max) ++run_;
    is_change_ = is_change_ || (runs_ >= known && chance_ < rare);
    return is_change_;
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(follows_, points_, chance_, runs_, run_, side_, is_change_);
  }

private:
  static constexpr std::uint16_t known = 10;  // runs
  static constexpr std::uint16_t adopted = 9;
  static constexpr std::uint16_t run_max = 1'000;
  static constexpr double rare = 0.01;
  static constexpr double memory = 100;

  // A run of k is k flagged points of which k - 1 were followed by another one.
  void learn() {
    points_ = std::min(points_ + run_, memory);
    follows_ += ((run_ - 1.0) - run_ * follows_) / std::max(points_, static_cast<double>(run_));
    if (runs_ < run_max) ++runs_;
  }

  double follows_ = 0.5;    // share of flagged points that another one to the same side follows
  double points_ = 2;       // that it was learned from, fading; so many are taken for granted
  double chance_ = 1;       // that an anomaly gets as long as the present run
  std::uint16_t runs_ = 0;  // that were learned
  std::uint16_t run_ = 0;   // points of the present one
  std::int8_t side_ = 0;    // of it
  bool is_change_ = false;
};

}  // namespace spindrift
