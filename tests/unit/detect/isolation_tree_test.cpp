#include "server/detect/isolation_tree.hpp"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <vector>

namespace spindrift {
namespace {

// One feature; path lengths in cuts, not in units of c(n).
class measured_tree {
public:
  measured_tree(std::vector<double> sample, std::uint64_t seed) : unit_(average_path_length(sample.size())) {
    const std::vector<double> shares{1};
    tree_.build(sample, shares, seed);
  }
  double cuts(double value) const { return tree_.path_length({&value, 1}) * unit_; }

private:
  isolation_tree tree_;
  double unit_;
};

TEST(isolation_tree, average_path_length_is_that_of_the_paper) {
  EXPECT_EQ(average_path_length(0), 0);
  EXPECT_EQ(average_path_length(1), 0);
  EXPECT_EQ(average_path_length(2), 1);
  EXPECT_NEAR(average_path_length(3), 2 * (std::log(2.0) + 0.5772156649) - 4.0 / 3, 1e-9);
  EXPECT_NEAR(average_path_length(256), 10.244770920, 1e-6);
}

TEST(isolation_tree, one_cut_parts_two_points) {
  const measured_tree tree({0, 1}, 1);
  for (const double value : {0.0, 0.5, 1.0, 7.0}) EXPECT_DOUBLE_EQ(tree.cuts(value), 1) << value;
}

// Of {0, 1, 10} either 10 is cut off first, which the widths make nine times as likely, or 0 is.
TEST(isolation_tree, three_points_give_the_path_lengths_found_by_hand) {
  int far_first = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const measured_tree tree({0, 1, 10}, seed);
    EXPECT_DOUBLE_EQ(tree.cuts(1), 2);
    if (tree.cuts(10) > 1) {
      EXPECT_DOUBLE_EQ(tree.cuts(0), 1);
      // Past 10 by 10: apart at the root (range 10) with 10/20, else one more cut.
      EXPECT_NEAR(tree.cuts(20), 1.5, 1e-6);
      continue;
    }
    ++far_first;
    EXPECT_DOUBLE_EQ(tree.cuts(0), 2);
    EXPECT_DOUBLE_EQ(tree.cuts(20), 1);
    EXPECT_NEAR(tree.cuts(-10), 1.5, 1e-6);
    // Past 0 by 30: apart at the root with 30/40, else at the cut of {0, 1} in any case.
    EXPECT_NEAR(tree.cuts(-30), 1.25, 1e-6);
  }
  EXPECT_NEAR(far_first, 900, 40);
}

TEST(isolation_tree, a_constant_sample_sets_apart_whatever_differs) {
  const measured_tree tree({5, 5, 5, 5}, 3);
  EXPECT_NEAR(tree.cuts(5), average_path_length(4), 1e-12);
  EXPECT_DOUBLE_EQ(tree.cuts(std::nextafter(5, 6)), 1);
  EXPECT_DOUBLE_EQ(tree.cuts(-DBL_MAX), 1);
}

TEST(isolation_tree, a_value_between_two_repeated_ones_is_lonely) {
  const measured_tree tree({0, 0, 0, 0, 1, 1, 1, 1}, 3);
  EXPECT_NEAR(tree.cuts(0), 1 + average_path_length(4), 1e-12);
  EXPECT_NEAR(tree.cuts(1), 1 + average_path_length(4), 1e-12);
  EXPECT_DOUBLE_EQ(tree.cuts(0.5), 2);
}

TEST(isolation_tree, the_first_change_of_a_constant_feature_is_seen) {
  std::vector<double> rows;
  for (int i = 0; i < 64; ++i) rows.insert(rows.end(), {0.1 * i, 7.0});
  const std::vector<double> ordinary{3.05, 7};
  const std::vector<double> changed{3.05, 8};
  const std::vector<double> shares{0.5, 0.5};
  double ordinary_sum = 0;
  double changed_sum = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    isolation_tree tree;
    tree.build(rows, shares, seed);
    ordinary_sum += tree.path_length(ordinary);
    changed_sum += tree.path_length(changed);
  }
  EXPECT_LT(changed_sum, 0.5 * ordinary_sum);
}

TEST(isolation_tree, a_feature_without_a_share_is_not_cut_while_another_can_be) {
  std::vector<double> rows;
  for (int i = 0; i < 64; ++i) rows.insert(rows.end(), {1.0 * i, 1.0 * (i % 8)});
  isolation_tree tree;
  const std::vector<double> shares{1, 0};
  tree.build(rows, shares, 9);
  for (int i = 0; i < 64; ++i) {
    const std::vector<double> here{1.0 * i, 0};
    const std::vector<double> there{1.0 * i, 1e6};
    EXPECT_EQ(tree.path_length(here), tree.path_length(there));
  }
}

TEST(isolation_tree, neither_unit_nor_origin_changes_a_path) {
  split_mix random(11);
  std::vector<double> sample(256);
  for (auto& value : sample) value = static_cast<double>(random.below(4096));
  const measured_tree plain(sample, 5);
  for (const double scale : {0x1p-900, 0x1p-20, 0x1p900}) {
    auto scaled = sample;
    for (auto& value : scaled) value *= scale;
    const measured_tree tree(scaled, 5);
    for (double value = -5000; value < 9000; value += 250) EXPECT_EQ(tree.cuts(value * scale), plain.cuts(value));
  }
  auto shifted = sample;
  for (auto& value : shifted) value += 1e12;
  const measured_tree tree(shifted, 5);
  for (double value = -5000; value < 9000; value += 250) EXPECT_EQ(tree.cuts(value + 1e12), plain.cuts(value));
}

TEST(isolation_tree, the_widest_and_the_narrowest_samples_give_finite_paths) {
  const std::vector<std::vector<double>> samples{{-DBL_MAX, DBL_MAX, 0, 1},
                                                 {0, 5e-324, 1e-323},
                                                 {DBL_MAX, std::nextafter(DBL_MAX, 0)},
                                                 {1e-310, 1e308, -1e-310, -1e308, 3}};
  for (const auto& sample : samples) {
    const measured_tree tree(sample, 1);
    for (const double value : {-DBL_MAX, -1.0, -5e-324, 0.0, 5e-324, 1.0, DBL_MAX}) {
      const auto cuts = tree.cuts(value);
      EXPECT_TRUE(std::isfinite(cuts) && cuts >= 0.9 && cuts < 20) << value << ": " << cuts;
    }
  }
}

}  // namespace
}  // namespace spindrift
