#include "server/detect/rhythm.hpp"

#include <gtest/gtest.h>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;
using verdict = rhythm::verdict;

// A beat of three flagged points, so many points after the last one.
int beats_of(rhythm& by, int quiet) {
  for (int i = 0; i < quiet; ++i) by.update(0);
  int beats = 0;
  for (const double size : {0.4, 0.9, 0.4}) beats += by.update(size) == verdict::beat ? 1 : 0;
  return beats;
}

TEST(rhythm, expects_a_beat_after_some_at_regular_gaps) {
  rhythm one;
  for (int i = 0; i < 8; ++i) beats_of(one, 77);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(beats_of(one, 77), 3);
}

TEST(rhythm, goes_along_with_gaps_that_vary_a_little) {
  rhythm one;
  noise_source noise(1);
  int expected = 0;
  for (int i = 0; i < 200; ++i) expected += beats_of(one, 72 + static_cast<int>(10 * noise.uniform()));
  EXPECT_GE(expected, 500);
}

TEST(rhythm, does_not_expect_one_that_is_early_late_or_larger) {
  rhythm one;
  for (int i = 0; i < 20; ++i) beats_of(one, 77);
  EXPECT_EQ(beats_of(one, 40), 0);
  EXPECT_EQ(beats_of(one, 34), 3);  // when it was due
  EXPECT_EQ(beats_of(one, 90), 0);
  for (int i = 0; i < 20; ++i) beats_of(one, 77);
  for (int i = 0; i < 77; ++i) one.update(0);
  EXPECT_EQ(one.update(2.0), verdict::none);
}

TEST(rhythm, says_once_that_a_beat_is_missing) {
  rhythm one;
  for (int i = 0; i < 30; ++i) beats_of(one, 77);
  int missing = 0;
  for (int i = 0; i < 157; ++i) missing += one.update(0) == verdict::missing ? 1 : 0;
  EXPECT_EQ(missing, 1);
  EXPECT_EQ(beats_of(one, 0), 3);
}

TEST(rhythm, knows_again_by_one_gap_what_it_knew_before_some_were_missed) {
  rhythm one;
  for (int i = 0; i < 20; ++i) beats_of(one, 77);
  beats_of(one, 1'000);
  EXPECT_EQ(beats_of(one, 77), 0);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(beats_of(one, 77), 3);
}

TEST(rhythm, knows_none_in_what_comes_at_random) {
  rhythm one;
  noise_source noise(2);
  int beats = 0;
  for (int i = 0; i < 100'000; ++i) beats += one.update(noise.uniform() < 0.01 ? 1 : 0) == verdict::beat ? 1 : 0;
  EXPECT_LE(beats, 100);  // of a thousand
}

}  // namespace
}  // namespace spindrift
