// Stuck: a value that stands still for longer than this stream ever does. It knows how often neighbours are equal and
// how long the longest run of equals was; a stream that repeats itself by nature has to stand still for longer.
//
// A plain value of 64 bytes; one feature, one thread at a time; a few ns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class still_watch {
public:
  struct answer {
    rare_finding found{};
    bool moved = false;  // a value that was told to be stuck moves again

    bool is_something() const { return moved || found; }
  };

  answer update(const observation& point);
  bool is_stuck() const { return told_; }
  bool is_still() const { return run_ > 0; }
  double last() const { return last_; }
  // Of the points, how many equal the one before.
  double equal_share() const { return equal_share_; }

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t points = points_;
    std::uint32_t moves = moves_;
    archive(last_, lowest_, highest_, from_n_, from_, longest_, equal_share_, run_, points, moves, told_);
    points_ = static_cast<std::uint16_t>(std::min(points, points_max));
    moves_ = static_cast<std::uint8_t>(std::min(moves, moves_min));
  }

private:
  static constexpr std::uint32_t points_max = 0xFFFF;  // far more than ever make a difference
  static constexpr std::uint32_t moves_min = 30;       // what never moves is not stuck

  void end_run();
  finding describe(const observation& point) const;
  double nines() const;
  bool is_too_long() const;

  double last_ = 0;
  double lowest_ = 0;
  double highest_ = 0;
  std::uint64_t from_n_ = 0;
  std::int64_t from_ = 0;
  double longest_ = 0;        // run of equal values, fading
  double equal_share_ = 0.9;  // of points that equal the one before
  std::uint32_t run_ = 0;     // equal steps so far
  std::uint16_t points_ = 0;  // up to points_max
  std::uint8_t moves_ = 0;    // steps that were none of equals, up to moves_min
  bool told_ = false;
};

}  // namespace spindrift
