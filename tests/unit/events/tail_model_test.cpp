// How improbable a surprise is: bounds, and what single points may teach.
#include "server/events/tail_model.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace spindrift {
namespace {

TEST(tail_model, finds_nothing_improbable_up_to_its_threshold) {
  const tail_model model;
  EXPECT_EQ(model.nines(tail_model::threshold), 0);
  EXPECT_EQ(model.nines(-5), 0);
  EXPECT_EQ(model.nines(std::numeric_limits<double>::quiet_NaN()), 0);
  EXPECT_GT(model.nines(1.6), 0);
}

TEST(tail_model, has_no_more_than_sixteen_nines) {
  tail_model model;
  for (int i = 0; i < 10'000; ++i) model.learn(0.1);
  EXPECT_EQ(model.nines(1e300), tail_model::nines_max);
  EXPECT_EQ(model.nines(std::numeric_limits<double>::infinity()), tail_model::nines_max);
}

TEST(tail_model, finds_a_larger_surprise_no_less_improbable) {
  tail_model model;
  for (int i = 0; i < 500; ++i) model.learn(i % 10 == 0 ? 2.0 + i % 7 : 0.5);
  double before = 0;
  for (double size = 1.5; size < 50; size += 0.5) {
    EXPECT_GE(model.nines(size), before) << size;
    before = model.nines(size);
  }
}

TEST(tail_model, learns_from_an_absurd_point_no_more_than_from_a_large_one) {
  tail_model large;
  tail_model absurd;
  large.learn(15);
  absurd.learn(1e9);
  EXPECT_EQ(large.nines(20), absurd.nines(20));
  EXPECT_LT(large.nines(20), tail_model().nines(20)) << "but it does learn";
}

TEST(tail_model, is_slow_to_believe_a_young_stream) {
  tail_model quiet;
  for (int i = 0; i < 20; ++i) quiet.learn(0.1);
  tail_model old = quiet;
  for (int i = 0; i < 4'000; ++i) old.learn(0.1);
  EXPECT_GT(old.nines(5), quiet.nines(5) + 0.5);
}

}  // namespace
}  // namespace spindrift
