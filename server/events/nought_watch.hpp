// A value that is nought for much of its time and no longer comes there, as a meter's where something leaks: no point
// of it need be odd, and its mean hardly moves. It knows which share of the points is nought and how long the longest
// stretch without was; one much longer and most improbable is told, once, and again when nought has come back.
//
// A plain value of 24 bytes; one feature, one thread at a time; a few ns.
#pragma once

#include <cstdint>
#include <optional>

#include "server/events/finding.hpp"

namespace spindrift {

class nought_watch {
public:
  // `from` of what is found is the time of `point`: those of the points before are not kept here.
  rare_finding update(const observation& point);

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(share_, lowest_, longest_, absent_, points_, is_told_);
  }

private:
  float share_ = 0;   // of the points, of those that count: none after a stretch was told
  float lowest_ = 0;  // of the present stretch without nought
  float longest_ = 0;
  std::uint32_t absent_ = 0;  // points of the present stretch
  std::uint32_t points_ = 0;
  bool is_told_ = false;
};

}  // namespace spindrift
