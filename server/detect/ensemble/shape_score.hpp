// Whether the recent course of the values resembles any course seen before, whatever the hour: a small memory of
// shapes.
//
// Every `stride` values collapse to one, half way between their mean and their extreme (so that neither a slow change
// nor a single spike is averaged away). The last eight of these form a shape of 16 features: the eight, and the eight
// again with mean and spread taken out, which compares form apart from level. The score is the Euclidean distance to
// the nearest of at most 64 stored shapes; a shape far from all is stored in place of the one longest unused, others
// pull their nearest 5 % of the way (Kohonen's rule for the winner alone).
//
// Movable; one thread at a time; |x| <= 1e150; scores are finite and >= 0, and 0 on points that close no block.
// Of a stored shape the first eight are held, which tell the other eight: a byte each, in steps of some 1/250 of what
// lies between the lowest and the highest. In groups of four, dimension by dimension, so that the search runs on vector
// registers with each sum in one fixed order: 48 bytes a group as it is needed, 0.8 KiB when full. Many streams never
// store a second shape: the first lies within. A search of 64 costs about 150 ns, once every `stride`.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "server/detect/ensemble/moving_moments.hpp"
#include "server/detect/prefetch.hpp"
#include "server/detect/short_double.hpp"

namespace spindrift {

class shape_memory {
public:
  static constexpr std::size_t lanes = 4;
  static constexpr std::size_t levels = 8;
  static constexpr std::size_t features = 2 * levels;
  static constexpr std::size_t shapes_max = 64;
  using shape = std::array<float, features>;  // the levels, and their form

  // A shape of these levels.
  static shape shape_of(const std::array<double, levels>& of);

  struct match {
    std::size_t index;
    double distance;
  };

  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  match nearest(const shape& wanted) const;
  // In place of the shape longest unused once 64 are held.
  void store(const shape& added);
  void attract(std::size_t index, const shape& toward);

  // Beyond itself.
  std::size_t memory_bytes() const { return groups_held() * sizeof(group); }
  // See prefetch.hpp.
  void prefetch() const { prefetch_bytes(groups_.get(), memory_bytes()); }

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t clock = clock_;
    archive(clock);
    std::vector<saved_group> groups;
    std::vector<std::uint32_t> last_use;
    if constexpr (!Archive::reads) copy_to(groups, last_use);
    archive.sequence(groups, shapes_max / saved_group::lanes);
    archive.sequence(last_use, shapes_max);
    if constexpr (Archive::reads) {
      if (!take_over(clock, groups, last_use)) archive.refuse();
    }
  }

private:
  // As they are saved: by eights.
  struct saved_group {
    static constexpr std::size_t lanes = 8;
    std::array<float, features * lanes> values{};  // feature f of lane l at f * lanes + l
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(values);
    }
  };

  using level_row = std::array<float, levels>;
  // Level i is (least + above[i]) steps. A step is a number with three bits of mantissa, from 2^-23 to 480.
  struct held_levels {
    std::array<std::uint8_t, levels> above{};
    std::int16_t least = 0;
    std::uint8_t step = 0;

    level_row values() const;
  };
  struct group {
    std::array<std::uint8_t, levels * lanes> above{};  // level i of lane l at i * lanes + l
    std::array<std::int16_t, lanes> least{};
    std::array<std::uint8_t, lanes> step{};
    std::array<std::uint8_t, lanes> last_use{};
  };
  static_assert(sizeof(group) == 48);

  static std::uint8_t step_for(const level_row& values);
  static held_levels narrowed(const level_row& values, std::uint8_t step, const level_row& added);
  static held_levels narrowed(const level_row& values);
  level_row scattered() const;
  static held_levels restored(const level_row& values);
  std::size_t groups_held() const { return size_ <= 1 ? 0 : (size_ + lanes - 1) / lanes; }
  held_levels held(std::size_t index) const;
  void hold(std::size_t index, const held_levels& one);
  std::uint8_t& last_use_of(std::size_t index) const { return groups_[index / lanes].last_use[index % lanes]; }
  std::size_t longest_unused() const;
  match nearest_of_many(const shape& wanted) const;
  void append();
  void touch(std::size_t index);
  void renumber();
  void copy_to(std::vector<saved_group>& groups, std::vector<std::uint32_t>& last_use) const;
  bool take_over(std::uint32_t clock, const std::vector<saved_group>& groups,
                 const std::vector<std::uint32_t>& last_use);

  std::unique_ptr<group[]> groups_;  // of several, exactly as many as they need
  held_levels first_;                // while there is one alone: that is always the newest
  std::uint8_t clock_ = 0;
  std::uint8_t size_ = 0;
};

// The values since a block began, of each stride: all that a point which closes none touches.
class shape_blocks {
public:
  static constexpr std::array<std::uint8_t, 3> strides{3, 5, 10};

  // True: x closes the block of this stride, and collapsed() tells it until the next value begins another.
  bool add(std::size_t stride, double x) {
    std::uint8_t& in_block = in_block_[stride];
    highest_[stride] = in_block == 0 ? x : std::max(highest_[stride], x);
    lowest_[stride] = in_block == 0 ? x : std::min(lowest_[stride], x);
    sums_[stride] = in_block == 0 ? x : sums_[stride] + x;
    if (++in_block < strides[stride]) return false;
    in_block = 0;
    return true;
  }
  bool closes_next(std::size_t stride) const { return in_block_[stride] + 1U == strides[stride]; }
  double collapsed(std::size_t stride, double level) const {
    const double extreme = highest_[stride] - level >= level - lowest_[stride] ? highest_[stride] : lowest_[stride];
    return 0.5 * (sums_[stride] / static_cast<double>(strides[stride]) + extreme);
  }

  // As saved, each stride stands by itself.
  template <class Archive>
  void visit_state(Archive& archive, std::size_t stride) {
    std::uint32_t in_block = in_block_[stride];
    archive(in_block, sums_[stride], highest_[stride], lowest_[stride]);
    if constexpr (Archive::reads) {
      if (in_block >= strides[stride]) return archive.refuse();
      in_block_[stride] = static_cast<std::uint8_t>(in_block);
    }
  }

private:
  std::array<double, strides.size()> sums_{};
  std::array<double, strides.size()> highest_{};
  std::array<double, strides.size()> lowest_{};
  std::array<std::uint8_t, strides.size()> in_block_{};
};

// The blocks of one stride, and the shapes that they had.
class shape_course {
public:
  static constexpr std::size_t blocks = shape_memory::levels;

  // The score of the shape that ends with this block. `around` is the stream's long-run level and spread, the block
  // included.
  double add(double collapsed, const fading_moments& around);

  std::size_t memory_bytes() const { return memory_.memory_bytes(); }
  // What the next block that closes will touch.
  void prefetch() const { memory_.prefetch(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    std::uint32_t next = next_;
    std::uint32_t filled = filled_;
    std::array<double, blocks> collapsed;
    std::transform(collapsed_.begin(), collapsed_.end(), collapsed.begin(), [](short_double x) { return x.value(); });
    archive(next, filled, collapsed);
    // As saved, there is a variance as well.
    fading_moments distance(static_cast<double>(usual_distance_), 0.0);
    std::uint32_t distances = distances_;
    distance.visit_state(archive, distances, distance_window);
    archive(memory_);
    if constexpr (Archive::reads) {
      std::transform(collapsed.begin(), collapsed.end(), collapsed_.begin(), short_double::of);
      usual_distance_ = static_cast<float>(distance.mean());
      distances_ = static_cast<std::uint16_t>(std::min(distances, distance_window));
      if (next >= blocks || filled > blocks) return archive.refuse();
      next_ = static_cast<std::uint8_t>(next);
      filled_ = static_cast<std::uint8_t>(filled);
    }
  }

private:
  static constexpr std::uint32_t distance_window = 500;

  shape_memory::shape present_shape(double center, double scale) const;

  std::array<short_double, blocks> collapsed_{};
  std::uint8_t next_ = 0;  // of collapsed_
  std::uint8_t filled_ = 0;
  std::uint16_t distances_ = 0;  // none is counted beyond the window
  float usual_distance_ = 0.0F;
  shape_memory memory_;
};
static_assert(sizeof(shape_course) == 80);

}  // namespace spindrift
