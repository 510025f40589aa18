// One random tree: splits a sample, and says how deep a point lies.
#include "server/detect/isolation_tree.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace spindrift {

namespace {

// c(n) of every leaf size, shared by all trees: a logarithm per visit would cost more than the walk.
class path_length_table {
public:
  path_length_table() {
    for (std::size_t n = 0; n < lengths_.size(); ++n) lengths_[n] = average_path_length(n);
  }
  double operator[](std::size_t points) const { return lengths_[points]; }

private:
  std::array<double, isolation_sample_max + 1> lengths_;
};

const path_length_table leaf_path_length;

}  // namespace

std::uint64_t split_mix::next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15U);
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

double split_mix::unit() {
  return static_cast<double>(next() >> 11U) * 0x1.0p-53;
}

std::uint32_t split_mix::below(std::uint32_t bound) {
  return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
}

double average_path_length(std::size_t points) {
  if (points < 2) return 0;
  if (points == 2) return 1;
  const auto n = static_cast<double>(points);
  return 2 * (std::log(n - 1) + std::numbers::egamma) - 2 * (n - 1) / n;
}

float isolation_tree::frame::map(double value) const {
  // Where the scale of a point is beyond that of the sample by 1e30, only the fact matters, not the distance.
  return static_cast<float>(std::clamp((0.5 * value - half_origin) * scale, -1e30, 1e30));
}

// Grows one tree, depth first, over an array of row numbers that is partitioned in place.
class isolation_tree::grower {
public:
  grower(isolation_tree& tree, std::span<const double> rows, std::span<const double> shares, std::uint64_t seed)
      : tree_(tree), shares_(shares), random_(seed), order_(rows.size() / shares.size()) {
    std::iota(order_.begin(), order_.end(), std::uint16_t{0});
    map_rows(rows);
  }

  void grow() {
    live_features live;
    live.count = shares_.size();
    std::iota(live.features.begin(), live.features.begin() + static_cast<std::ptrdiff_t>(live.count), std::uint8_t{0});
    const auto height = static_cast<unsigned>(std::bit_width(order_.size() - 1));  // ceil(log2 n), as in the paper
    nodes_.reserve(2 * order_.size());
    tree_.root_ = grow(order_, live, height);
    tree_.nodes_ = std::vector<node>(nodes_.begin(), nodes_.end());  // no larger than need be: there are many trees
  }

private:
  // The features not yet known to be constant in this part of the sample. What is constant stays so further down, so
  // each feature is found out at most once on a path and a build stays linear in the number of features.
  struct live_features {
    std::array<std::uint8_t, isolation_features_max> features{};
    std::size_t count = 0;
    bool guarded = false;  // a guard stands above
  };

  struct range {
    float lo = std::numeric_limits<float>::max();
    float hi = std::numeric_limits<float>::lowest();
  };

  void map_rows(std::span<const double> rows) {
    const auto width = shares_.size();
    std::array<double, isolation_features_max> lo{};
    std::copy_n(rows.begin(), width, lo.begin());
    auto hi = lo;
    for (std::size_t row = 0; row < rows.size(); row += width) {
      for (std::size_t i = 0; i < width; ++i) {
        lo[i] = std::min(lo[i], rows[row + i]);
        hi[i] = std::max(hi[i], rows[row + i]);
      }
    }
    tree_.frames_.resize(width);
    for (std::size_t i = 0; i < width; ++i) {
      // A constant feature gets the steepest scale there is: whatever differs from it lies far outside.
      constexpr auto scale_max = std::numeric_limits<double>::max();
      const auto half_range = 0.5 * hi[i] - 0.5 * lo[i];
      tree_.frames_[i] = {0.5 * lo[i], half_range > 0 ? std::min(1 / half_range, scale_max) : scale_max};
    }
    mapped_.resize(rows.size());
    for (std::size_t row = 0; row < rows.size(); row += width) {
      for (std::size_t i = 0; i < width; ++i) mapped_[row + i] = tree_.frames_[i].map(rows[row + i]);
    }
  }

  float value(std::uint16_t row, std::size_t feature) const { return mapped_[row * shares_.size() + feature]; }

  range span_of(std::span<const std::uint16_t> part, std::size_t feature) const {
    range found;
    for (const auto row : part) {
      found.lo = std::min(found.lo, value(row, feature));
      found.hi = std::max(found.hi, value(row, feature));
    }
    return found;
  }

  // Moves the rows at or below the threshold to the front and returns how many there are. Swaps always, since at a
  // random cut a branch would be guessed wrong half the time.
  std::size_t part_at(std::span<std::uint16_t> part, std::size_t feature, float threshold) const {
    std::size_t left = 0;
    for (auto& row : part) {
      const auto moved = row;
      row = part[left];
      part[left] = moved;
      left += value(moved, feature) <= threshold ? 1U : 0U;
    }
    return left;
  }

  // The position in `live` of a feature drawn by its share.
  std::size_t draw(const live_features& live) {
    double total = 0;
    for (std::size_t i = 0; i < live.count; ++i) total += shares_[live.features[i]];
    double rest = random_.unit() * total;
    std::size_t drawn = 0;
    while (drawn + 1 < live.count && rest >= shares_[live.features[drawn]]) rest -= shares_[live.features[drawn++]];
    return drawn;
  }

  std::uint32_t add_node(std::size_t feature, range found, float threshold) {
    node added{threshold, found.lo, found.hi, static_cast<std::uint32_t>(feature) & 63U, 0, 0};
    nodes_.push_back(added);
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }

  void join(std::uint32_t parent, std::uint32_t left, std::uint32_t right) {
    nodes_[parent].left = left & child_mask;
    nodes_[parent].right = right & child_mask;
  }

  // Returns the child code of the subtree over `part`.
  std::uint32_t grow(std::span<std::uint16_t> part, live_features& live, unsigned height) {
    const auto as_leaf = leaf | static_cast<std::uint32_t>(part.size());
    if (part.size() < 2 || height == 0) return as_leaf;
    while (live.count > 0) {
      const auto drawn = draw(live);
      const auto feature = live.features[drawn];
      const auto found = span_of(part, feature);
      if (found.lo < found.hi) return cut(part, live, height, feature, found);
      live.features[drawn] = live.features[--live.count];
      if (!live.guarded) return guard(part, live, height, feature, found);
    }
    return as_leaf;
  }

  std::uint32_t cut(std::span<std::uint16_t> part, live_features& live, unsigned height, std::size_t feature,
                    range found) {
    auto threshold = found.lo + (found.hi - found.lo) * static_cast<float>(random_.unit());
    if (!(threshold < found.hi)) threshold = found.lo;  // rounded up: both sides must keep a point
    const auto left_size = part_at(part, feature, threshold);

    const auto parent = add_node(feature, found, threshold);
    auto live_left = live;
    const auto left = grow(part.first(left_size), live_left, height - 1);
    const auto right = grow(part.subspan(left_size), live, height - 1);
    join(parent, left, right);
    return parent;
  }

  // A feature without any spread cannot be cut between the sample's points, yet it can between them and a point that
  // differs: without this node a constant feature would be blind to its first change, and 0.5 ordinary among 0 and 1.
  // It costs the points that do not differ nothing, and one a path is enough: other trees draw other features.
  std::uint32_t guard(std::span<std::uint16_t> part, live_features& live, unsigned height, std::size_t feature,
                      range found) {
    const auto parent = add_node(feature, found, found.lo);
    live.guarded = true;
    const auto below = grow(part, live, height);
    join(parent, below, below);
    return parent;
  }

  isolation_tree& tree_;
  std::span<const double> shares_;
  split_mix random_;
  std::vector<std::uint16_t> order_;
  std::vector<float> mapped_;  // the rows, in the tree's frames
  std::vector<node> nodes_;
};

void isolation_tree::build(std::span<const double> rows, std::span<const double> shares, std::uint64_t seed) {
  assert(!shares.empty() && shares.size() <= isolation_features_max && rows.size() % shares.size() == 0);
  const auto points = rows.size() / shares.size();
  assert(points >= 2 && points <= isolation_sample_max);
  grower(*this, rows, shares, seed).grow();
  normalizer_ = 1 / leaf_path_length[points];
}

double isolation_tree::path_length(std::span<const double> point) const {
  if (normalizer_ == 0) return 1;
  assert(point.size() == frames_.size());
  std::array<float, isolation_features_max> mapped;
  for (std::size_t i = 0; i < point.size(); ++i) mapped[i] = frames_[i].map(point[i]);

  double length = 0;
  double surviving = 1;  // the probability that no cut so far had set the point apart
  auto child = root_;
  while ((child & leaf) == 0) {
    const node& here = nodes_[child];
    const auto value = mapped[here.feature];
    const auto spread = here.hi - here.lo;
    const auto beyond = std::max(here.lo - value, value - here.hi);
    if (spread > 0 || beyond > 0) length += surviving;  // a guard costs only those whom it sets apart
    if (beyond > 0) {
      surviving *= static_cast<double>(spread / (spread + beyond));
      if (surviving < 1e-3) return length * normalizer_;  // what is left cannot be seen in the mean of the trees
    }
    child = value <= here.threshold ? here.left : here.right;
  }
  return (length + surviving * leaf_path_length[child & (leaf - 1)]) * normalizer_;
}

std::size_t isolation_tree::memory_bytes() const {
  return sizeof(*this) + nodes_.capacity() * sizeof(node) + frames_.capacity() * sizeof(frame);
}

}  // namespace spindrift
