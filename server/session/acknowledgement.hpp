// What a connection has taken and not said a verdict of: one line for many points, where not all verdicts are wanted.
//
//   {"type":"ack","seq":17}   all points up to this seq    {"type":"ack","frames":17}   those without one: all frames
//
// Both keys where there were points of both kinds. What was refused was told by an error before. Owned by its session;
// plain data, bounded by its size. A few instructions a point.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace spindrift {

class acknowledgement {
public:
  // Points after which a line is due: a quarter of what a producer may have unanswered.
  static constexpr std::size_t points_max = 256;

  // A point was taken. `seq`: its number, or 0; where `ascends`, as those of a producer with a name do, a point that is
  // sent again does not take back what was said.
  void add(std::uint64_t seq, std::uint64_t frame_number, bool ascends) {
    ++points_;
    if (seq != 0) {
      seq_ = ascends ? std::max(seq_, seq) : seq;
      has_seq_ = true;
    } else {
      frames_ = frame_number;
    }
  }
  bool is_due() const { return points_ >= points_max; }
  // Appends the line, if a point was taken since the last.
  void append_to(std::string& out) {
    if (points_ > 0) say(out);
  }

private:
  void say(std::string& out);

  std::size_t points_ = 0;
  std::uint64_t seq_ = 0;
  std::uint64_t frames_ = 0;
  bool has_seq_ = false;
};

}  // namespace spindrift
