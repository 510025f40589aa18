// Whether the recent course of the values resembles any course seen before, whatever the hour: a small memory of
// shapes.
//
// Every `stride` values collapse to one, half way between their mean and their extreme (so that neither a slow change
// nor a single spike is averaged away). The last eight of these form a shape of 16 features: the eight, and the eight
// again with mean and spread taken out, which compares form apart from level. The score is the Euclidean distance to
// the nearest of at most 64 stored shapes; a shape far from all is stored in place of the one longest unused, others
// pull their nearest 5 % of the way (Kohonen's rule for the winner alone).
//
// A plain value; one thread at a time; |x| <= 1e150; scores are finite and >= 0, and 0 on points that close no block.
// Stored as float in groups of eight, dimension by dimension, so that the search runs on vector registers with each sum
// in one fixed order: 512 bytes a group as it is needed, 4 KiB when full. A search costs about 100 ns, once every
// `stride`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/detect/ensemble/moving_moments.hpp"

namespace spindrift {

class shape_memory {
public:
  static constexpr std::size_t lanes = 8;
  static constexpr std::size_t features = 16;
  static constexpr std::size_t shapes_max = 64;
  using shape = std::array<float, features>;

  struct match {
    std::size_t index;
    double distance;
  };

  bool empty() const { return last_use_.empty(); }
  std::size_t size() const { return last_use_.size(); }
  match nearest(const shape& wanted) const;
  // In place of the shape longest unused once 64 are held.
  void store(const shape& added);
  void attract(std::size_t index, const shape& toward);

  std::size_t memory_bytes() const {
    return groups_.capacity() * sizeof(group) + last_use_.capacity() * sizeof(std::uint32_t);
  }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(clock_);
    archive.sequence(groups_, shapes_max / lanes);
    archive.sequence(last_use_, shapes_max);
    if constexpr (Archive::reads) {
      if (groups_.size() != (last_use_.size() + lanes - 1) / lanes) archive.refuse();
    }
  }

private:
  struct group {
    std::array<float, features * lanes> values{};  // feature f of lane l at f * lanes + l
    template <class Archive>
    void visit_state(Archive& archive) {
      archive(values);
    }
  };

  void touch(std::size_t index);

  std::vector<group> groups_;
  std::vector<std::uint32_t> last_use_;
  std::uint32_t clock_ = 0;
};

class shape_score {
public:
  static constexpr std::size_t blocks = 8;

  explicit shape_score(unsigned stride) : stride_(stride) {}

  // `around` is the stream's long-run level and spread, x included.
  double update(double x, const moving_moments& around);

  std::size_t memory_bytes() const { return memory_.memory_bytes(); }

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(in_block_, sum_, highest_, lowest_, next_, filled_, collapsed_, usual_distance_, memory_);
    if constexpr (Archive::reads) {
      if (in_block_ >= stride_ || next_ >= blocks || filled_ > blocks) archive.refuse();
    }
  }

private:
  double close_block(const moving_moments& around);
  shape_memory::shape features(double center, double scale) const;

  unsigned stride_;
  std::uint32_t in_block_ = 0;
  double sum_ = 0.0;
  double highest_ = 0.0;
  double lowest_ = 0.0;
  std::uint32_t next_ = 0;
  std::uint32_t filled_ = 0;
  std::array<double, blocks> collapsed_{};
  moving_moments usual_distance_{500};
  shape_memory memory_;
};

}  // namespace spindrift
