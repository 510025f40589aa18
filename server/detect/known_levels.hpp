// Levels that a stream goes between: a machine that is on or off, a pump that runs by turns. Whoever has adopted a new
// level says so when it leaves it; a level to which the stream belongs for a good part of its time, and to which it has
// come back, is known, and a value there is nothing odd.
//
// A plain value of 128 bytes; one thread at a time; values are finite. `find` costs four compares, `leave` some
// divisions. Deterministic: + - * / only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace spindrift {

class known_levels {
public:
  struct level {
    double mean = 0;
    double spread = 0;  // mean |x - mean|
    double share = 0;   // of the newest points (4,000, fading) that belong to it
    std::uint8_t stays = 0;

    template <class Archive>
    void visit_state(Archive& archive) {
      archive(mean, spread, share, stays);
    }
  };

  // The stream has been at this level for so many points, and is no more.
  void leave(double mean, double spread, std::uint64_t points);
  // The known level that x is at; null: none. `least`: a scatter below which no level's counts.
  const level* find(double x, double least) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    for (level& one : levels_) archive(one);
  }

private:
  std::array<level, 4> levels_{};
};

}  // namespace spindrift
