// The newest points of a stream, for the picture of an event: what was before it. Values as floats and times as
// distances, since people look at them and memory is 8 bytes a point of one value: 256 in all, and 4 more a point for
// each further value.
//
// A plain value of one stream, one thread at a time; about 1 ns a value and point. Nothing is held until the first
// point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "common/model/explanation.hpp"

namespace spindrift {

class context_ring {
public:
  static constexpr std::size_t points_usual = 32;
  static constexpr std::size_t features_max = 64;

  explicit context_ring(std::size_t points = points_usual) : points_max_(points) {}

  void add(std::int64_t ts, std::span<const double> values);
  // Of one feature, oldest first. A distance beyond 49 days is told as 49 days. A value is the shortest decimal that is
  // the same as a float.
  std::vector<context_point> points(std::size_t feature) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t points_saved = static_cast<std::uint32_t>(points_max_);
    archive(points_saved, newest_, next_, count_);
    archive.sequence(distances_, event_picture::before_max);
    archive.sequence(values_, event_picture::before_max * features_max);
    if constexpr (Archive::reads) take_back(points_saved);
  }

private:
  void take_back(std::size_t points_saved);

  std::size_t points_max_;
  std::int64_t newest_ = INT64_MIN;
  std::uint32_t next_ = 0;                // where the next point goes
  std::uint32_t count_ = 0;               // points held
  std::vector<std::uint32_t> distances_;  // milliseconds since the point before
  std::vector<float> values_;             // all of a point beside each other
};

}  // namespace spindrift
