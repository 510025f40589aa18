// The largest surprise to each side, of what was not worth telling. Where surprises to one side are usual (a price that
// falls below nought at noon) a tail of both sides expects as much of the other, and where they are usual at some
// hours, of all. Something well beyond all that there ever was to its side is news whatever the tail says.
//
// A plain value of 12 bytes; one feature, one thread at a time; a few ns.
#pragma once

#include <array>
#include <cstdint>

namespace spindrift {

class side_records {
public:
  // z of a point that is not told.
  void learn(double z);
  // How many times the record to its side z is; 0 while too little is known.
  double beyond(double z) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(highest_, points_);
  }

private:
  std::array<float, 2> highest_{};  // |z| below and above, fading
  std::uint32_t points_ = 0;
};

}  // namespace spindrift
