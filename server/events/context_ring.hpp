// The newest points of a stream, for the picture of an event: what was before it. Values as floats and times as
// distances, since people look at them. Memory is 4 bytes a value and point as long as points come evenly; 2 more a
// point from the first other distance on, and another 2 from the first beyond 65 seconds on. What most streams have,
// the values of 32 points of one value, lies within, 128 of 152 bytes; more values and all distances are in a block.
//
// Of one stream, one thread at a time; about 1 ns a value and point. Movable.
#pragma once

#include <array>
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

  explicit context_ring(std::size_t points = points_usual) : points_max_(points & 511U) {}

  void add(std::int64_t ts, std::span<const double> values) {
    if (values.size() != 1 || !goes_on_evenly(ts, 1)) return add_any(ts, values);
    newest_ = ts;
    this->values()[next_] = static_cast<float>(values.front());
    advance();
  }
  // Of one feature, oldest first. A distance beyond 49 days is told as 49 days. A value is the shortest decimal that is
  // the same as a float.
  std::vector<context_point> points(std::size_t feature) const;
  // The same with values as floats have them, a twentieth of the cost, for what few of become of use; and how points()
  // would have written them.
  std::vector<context_point> points_as_kept(std::size_t feature) const;
  static std::vector<context_point> as_written(std::vector<context_point> kept);

  template <class Archive>
  void visit_state(Archive& archive) {
    // As saved, distances and values lie apart.
    std::uint32_t points = points_max_;
    std::uint32_t next = next_;
    auto count = static_cast<std::uint32_t>(this->count());
    std::vector<std::uint32_t> distances;
    std::vector<float> values;
    if constexpr (!Archive::reads) copy_to(distances, values);
    archive(points, newest_, next, count);
    archive.sequence(distances, event_picture::before_max);
    archive.sequence(values, event_picture::before_max * features_max);
    if constexpr (Archive::reads) take_over(points, next, count, distances, values);
  }

private:
  std::size_t n_values() const { return std::size_t{points_max_} * features_; }
  bool are_within() const { return n_values() <= values_within; }
  float* values() { return are_within() ? within_.data() : reinterpret_cast<float*>(block_.get()); }
  const float* values() const { return are_within() ? within_.data() : reinterpret_cast<const float*>(block_.get()); }
  // Milliseconds since the point before, in one word or two, the lower first.
  std::uint16_t* distance_of(std::size_t at) const {
    const std::size_t begin = are_within() ? 0 : n_values() * sizeof(float);
    return reinterpret_cast<std::uint16_t*>(block_.get() + begin) + at * distance_words_;
  }
  std::size_t count() const { return is_full_ ? points_max_ : next_; }
  // No distance has to be kept of a point at this time.
  bool goes_on_evenly(std::int64_t ts, std::size_t features) const {
    return distance_words_ == 0 && features == features_ && (next_ > 1 || count() > 1) && ts > newest_ &&
           static_cast<std::uint64_t>(ts) - static_cast<std::uint64_t>(newest_) == steady_distance_;
  }
  // The next point goes behind the newest.
  void advance() {
    const std::size_t next = next_ + std::size_t{1};
    if (next == points_max_) is_full_ = 1;
    next_ = next == points_max_ ? std::uint8_t{0} : static_cast<std::uint8_t>(next);
  }
  void add_any(std::int64_t ts, std::span<const double> values);
  bool prepare(std::int64_t ts, std::size_t features);
  std::uint32_t words_for(std::uint32_t distance) const;
  void make_room();
  void widen(std::uint32_t words);
  void fill(const std::vector<std::uint32_t>& distances, const std::vector<float>& values);
  std::uint32_t distance(std::size_t at) const;
  void set_distance(std::size_t at, std::uint32_t distance);
  float value(std::size_t at, std::size_t feature) const { return values()[at * features_ + feature]; }
  void copy_to(std::vector<std::uint32_t>& distances, std::vector<float>& values) const;
  void take_over(std::size_t points, std::size_t next, std::size_t count, const std::vector<std::uint32_t>& distances,
                 const std::vector<float>& values);

  static constexpr std::size_t values_within = points_usual;

  std::int64_t newest_ = INT64_MIN;
  std::uint32_t steady_distance_ = 0;  // where distances take no words: that of all points but the first
  std::uint16_t points_max_ : 9;
  std::uint16_t is_full_ : 1 = 0;         // else points are held up to the next one's place
  std::uint16_t distance_words_ : 2 = 0;  // what a distance takes: none, one or two
  std::uint8_t next_ = 0;                 // where the next point goes
  std::uint8_t features_ = 0;             // of each point; 0: none has come
  std::unique_ptr<std::byte[]> block_;    // values that are not within, then distances
  std::array<float, values_within> within_{};
};

static_assert(sizeof(context_ring) == 24 + 4 * context_ring::points_usual && event_picture::before_max <= 256);

}  // namespace spindrift
