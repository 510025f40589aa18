// Goal: ADWIN is given values without their season where that is most of what they vary by, and as they are elsewhere.
#include "server/detect/season_share.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

constexpr double two_pi = 6.283185307179586;

// Hours of a daily wave of amplitude 10, and what is left after it: noise, and a wave of a fortnight of so much.
bool is_most_after(int hours, double slow) {
  support::noise_source noise(1);
  season_share share;
  bool is_most = false;
  for (int i = 0; i < hours; ++i) {
    const double season = 10 * std::sin(two_pi * i / 24);
    is_most = share.update(1'000 + season + slow * std::sin(two_pi * i / 365) + noise.normal(), season);
  }
  return is_most;
}

TEST(season_share, is_most_where_noise_alone_is_left) {
  EXPECT_TRUE(is_most_after(10, 0)) << "before enough is known";
  EXPECT_TRUE(is_most_after(2'000, 0));
}

TEST(season_share, is_not_most_where_a_slower_wave_is_left) {
  EXPECT_FALSE(is_most_after(400, 10));
  EXPECT_FALSE(is_most_after(2'000, 10));
}

TEST(season_share, does_not_go_to_and_fro) {
  season_share share;
  support::noise_source noise(2);
  int changes = 0;
  bool before = true;
  for (int i = 0; i < 20'000; ++i) {
    const double season = 10 * std::sin(two_pi * i / 24);
    const bool now = share.update(season + 6 * noise.normal(), season);
    changes += now == before ? 0 : 1;
    before = now;
  }
  EXPECT_LE(changes, 1);
}

}  // namespace
}  // namespace spindrift
