// The newest points of a stream, for the picture of an event: what was before it. Values as floats and times as
// distances, since people look at them and memory is 6 bytes a point of one value: 192 in all, and 4 more a point for
// each further value. From the first distance beyond 65 seconds on, 2 more a point.
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
  // Words of 16 bits: a distance, milliseconds since the point before, and behind it the values, as floats.
  std::size_t distance_size() const { return is_wide_ ? 2 : 1; }
  std::size_t point_size() const { return distance_size() + 2U * features_; }
  void make_room();
  void widen();
  void fill(const std::vector<std::uint32_t>& distances, const std::vector<float>& values);
  std::uint32_t distance(std::size_t at) const;
  void set_distance(std::size_t at, std::uint32_t distance);
  float value(std::size_t at, std::size_t feature) const;
  void set_value(std::size_t at, std::size_t feature, float value);
  void copy_to(std::vector<std::uint32_t>& distances, std::vector<float>& values) const;
  void take_over(std::size_t points, std::size_t next, std::size_t count, const std::vector<std::uint32_t>& distances,
                 const std::vector<float>& values);

  std::int64_t newest_ = INT64_MIN;
  std::unique_ptr<std::uint16_t[]> points_;
  std::uint16_t points_max_;
  std::uint16_t next_ = 0;     // where the next point goes
  std::uint16_t count_ = 0;    // points held
  std::uint8_t features_ = 0;  // of each point in points_
  bool is_wide_ = false;       // a distance takes two words
};

static_assert(sizeof(context_ring) == 24 && event_picture::before_max <= UINT16_MAX);

}  // namespace spindrift
