#include "server/detect/block_contrast.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

void add_one(block_contrast& contrast, double x) {
  contrast.add({&x, 1});
}

TEST(block_contrast, of_independent_values_is_their_variance_on_every_level) {
  support::noise_source noise(1);
  block_contrast contrast;
  for (int i = 0; i < 20000; ++i) add_one(contrast, 3.0 * noise.normal());
  for (std::size_t r = 0; r < 7; ++r) {
    EXPECT_GT(contrast.at(r).n_pairs, 60U) << r;
    EXPECT_NEAR(contrast.at(r).variance, 9.0, 5.0) << r;
  }
}

TEST(block_contrast, of_a_wave_grows_up_to_half_its_period_and_falls_beyond) {
  block_contrast contrast;
  for (int i = 0; i < 20000; ++i) add_one(contrast, std::sin(2.0 * support::pi * i / 100.0));
  for (std::size_t r = 0; r < 5; ++r) EXPECT_GT(contrast.at(r + 1).variance, 2.0 * contrast.at(r).variance) << r;
  EXPECT_LT(contrast.at(8).variance, 0.5 * contrast.at(5).variance);
  EXPECT_LT(contrast.at(10).variance, 0.1 * contrast.at(5).variance);
}

TEST(block_contrast, takes_a_single_step_for_no_habit) {
  block_contrast contrast;
  for (int i = 0; i < 1000; ++i) add_one(contrast, i < 333 ? 0.0 : 1000.0);
  for (std::size_t r = 0; r < 8; ++r) EXPECT_EQ(contrast.at(r).variance, 0.0) << r;
}

TEST(block_contrast, pairs_nothing_across_a_restart) {
  block_contrast contrast;
  for (int level = 0; level < 50; ++level) {
    for (int i = 0; i < 37; ++i) add_one(contrast, 10.0 * level);
    contrast.restart();
  }
  for (std::size_t r = 0; r < 5; ++r) {
    EXPECT_EQ(contrast.at(r).variance, 0.0) << r;
    EXPECT_EQ(contrast.at(r).n_pairs > 10U, r < 4) << r;
  }
}

TEST(block_contrast, knows_nothing_at_first) {
  block_contrast contrast;
  EXPECT_EQ(contrast.at(0).n_pairs, 0U);
  EXPECT_EQ(contrast.at(40).n_pairs, 0U);
  add_one(contrast, 1.0);
  add_one(contrast, 2.0);
  EXPECT_EQ(contrast.at(0).n_pairs, 0U);
}

void expect_same(const block_contrast& a, const block_contrast& b) {
  ASSERT_EQ(a.n_levels(), b.n_levels());
  for (std::size_t r = 0; r < a.n_levels(); ++r) {
    EXPECT_EQ(a.at(r).variance, b.at(r).variance) << r;
    EXPECT_EQ(a.at(r).n_pairs, b.at(r).n_pairs) << r;
  }
}

TEST(block_contrast, does_not_depend_on_how_the_values_are_cut_into_batches_or_saved) {
  support::noise_source noise(2);
  block_contrast single;
  block_contrast batched;
  for (int batch = 0; batch < 500; ++batch) {
    std::vector<double> values(noise.below(block_contrast::batch_max + 1));
    for (double& x : values) x = noise.normal();
    for (const double x : values) add_one(single, x);
    batched.add(values);
    if (batch % 100 == 57) {
      std::string bytes;
      state_writer writer(bytes);
      batched.visit_state(writer);
      block_contrast restored;
      state_reader reader(bytes);
      restored.visit_state(reader);
      ASSERT_TRUE(reader.ok());
      batched = std::move(restored);
    }
  }
  expect_same(single, batched);
}

}  // namespace
}  // namespace spindrift
