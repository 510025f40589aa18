// The newest points of a stream, for the picture of an event: what was before it. Values as floats and times as
// distances, since people look at them and memory is 8 bytes a point of one value: 256 in all, and 4 more a point for
// each further value.
//
// Of one stream, one thread at a time; about 1 ns a value and point. One block, and none until the first point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/model/explanation.hpp"

namespace spindrift {

class context_ring {
public:
  static constexpr std::size_t points_usual = 32;
  static constexpr std::size_t features_max = 64;

  explicit context_ring(std::size_t points = points_usual) : points_max_(static_cast<std::uint16_t>(points)) {}

  void add(std::int64_t ts, std::span<const double> values);
  // Of one feature, oldest first. A distance beyond 49 days is told as 49 days. A value is the shortest decimal that is
  // the same as a float.
  std::vector<context_point> points(std::size_t feature) const;

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, distances and values lie apart.
    std::uint32_t points = points_max_;
    std::uint32_t next = next_;
    std::uint32_t count = count_;
    std::vector<std::uint32_t> distances;
    std::vector<float> values;
    if constexpr (!Archive::reads) copy_to(distances, values);
    archive(points, newest_, next, count);
    archive.sequence(distances, event_picture::before_max);
    archive.sequence(values, event_picture::before_max * features_max);
    if constexpr (Archive::reads) take_over(points, next, count, distances, values);
  }

private:
  // A distance, milliseconds since the point before, and behind it the values, as floats.
  std::size_t point_size() const { return std::size_t{1} + features_; }
  void copy_to(std::vector<std::uint32_t>& distances, std::vector<float>& values) const;
  void take_over(std::size_t points, std::size_t next, std::size_t count, const std::vector<std::uint32_t>& distances,
                 const std::vector<float>& values);

  std::int64_t newest_ = INT64_MIN;
  std::unique_ptr<std::uint32_t[]> points_;
  std::uint16_t points_max_;
  std::uint16_t features_ = 0;  // of each point in points_
  std::uint16_t next_ = 0;      // where the next point goes
  std::uint16_t count_ = 0;     // points held
};

static_assert(event_picture::before_max <= UINT16_MAX);

}  // namespace spindrift
