// One tree of an Isolation Forest: random axis-parallel cuts through a sample until every point stands alone, all
// points left are alike, or the height limit is met. Points in sparse places are cut off early: their paths are short.
//
// `path_length` is not the depth of the leaf that a point falls into, but the depth to expect had the point been part
// of the sample when the tree grew: at a node whose sample spans [lo, hi] of the cut feature, a point `beyond` it would
// have been cut off alone with probability beyond / (hi - lo + beyond), and else the cut is the one that stands (the
// insertion rule of Guha, Mishra, Roy, Schrijvers: Robust Random Cut Forest, ICML 2016). Points inside every range get
// h(x) of Liu, Ting, Zhou (ICDM 2008) exactly; points outside get a smooth measure of how far outside, with much less
// variance from tree to tree.
//
// A value type of 16 bytes a node (about 80 nodes for 256 points) and 16 a feature; no references, one thread at a
// time. A tree is a function of its sample, its settings and its seed, bit for bit. Values must be finite, and may be
// anything that is: each tree maps its sample to [0, 1] per feature.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spindrift {

// Bounds that keep a node within 16 bytes: 6 bits of feature, 13 bits for each child.
inline constexpr std::size_t isolation_features_max = 64;
inline constexpr std::size_t isolation_sample_max = 1024;

// splitmix64 (Steele, Lea, Flood 2014): 64 bits of state that can be saved, and the same numbers on every machine.
class split_mix {
public:
  explicit split_mix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  double unit();                             // [0, 1)
  std::uint32_t below(std::uint32_t bound);  // [0, bound)

  template <class Archive>
  void visit_state(Archive& archive) {
    archive(state_);
  }

private:
  std::uint64_t state_;
};

// c(n): the mean path length of an unsuccessful search in a binary tree of n points (Liu et al., equation 1).
double average_path_length(std::size_t points);

class isolation_tree {
public:
  // Grows the tree anew from `rows`: points one after another, shares.size() features each, 2 to isolation_sample_max
  // points. `shares` are the odds that a cut takes each feature. About 10 us for 256 points of two features.
  void build(std::span<const double> rows, std::span<const double> shares, std::uint64_t seed);

  // The expected path length of a point, in units of c(sample size): about 1 for an ordinary point, toward 0 for a
  // lonely one. Before the first build every point is ordinary.
  double path_length(std::span<const double> point) const;

  std::size_t memory_bytes() const;

private:
  // A child is the index of a node, or `leaf` with the number of sample points in it.
  static constexpr std::uint32_t leaf = 1U << 12U;
  static constexpr std::uint32_t child_mask = (1U << 13U) - 1;

  struct node {
    float threshold = 0;  // points <= threshold go left
    float lo = 0;         // the range of the cut feature among the sample points that came here
    float hi = 0;
    std::uint32_t feature : 6;
    std::uint32_t left : 13;
    std::uint32_t right : 13;
  };
  static_assert(sizeof(node) == 16);

  // Maps a feature of the sample to [0, 1]. Works on halves of the values, whose differences cannot overflow.
  struct frame {
    double half_origin = 0;
    double scale = 0;
    float map(double value) const;
  };

  class grower;

  std::vector<node> nodes_;
  std::vector<frame> frames_;
  std::uint32_t root_ = leaf;
  double normalizer_ = 0;  // 1 / c(sample size)
};

}  // namespace spindrift
