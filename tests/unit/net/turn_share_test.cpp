// Goal: a round is as long as it may be, whatever its frames cost and however many share it.
#include <gtest/gtest.h>

#include "server/net/turn_share.hpp"

namespace spindrift {
namespace {

using namespace std::chrono_literals;

class turn_share_test : public testing::Test {
protected:
  void learn(std::chrono::nanoseconds a_frame) {
    for (int i = 0; i < 100; ++i) share_.took(1'000, 1'000 * a_frame);
  }
  net_settings settings_;
  turn_share share_{settings_};
};

TEST_F(turn_share_test, gives_as_many_frames_as_fit_into_the_time_of_a_round) {
  learn(1'000ns);
  EXPECT_NEAR(static_cast<double>(share_.frames_max(1)), 4'000, 50);
  EXPECT_NEAR(static_cast<double>(share_.frames_max(8)), 500, 7);
  learn(2'000ns);
  EXPECT_NEAR(static_cast<double>(share_.frames_max(8)), 250, 7);
}

TEST_F(turn_share_test, gives_no_turn_less_than_its_least_and_no_round_more_than_its_most) {
  learn(1ms);
  EXPECT_EQ(share_.frames_max(1), settings_.round_frames_min);
  EXPECT_EQ(share_.frames_max(1'000), settings_.turn_frames_min);
  learn(1ns);
  EXPECT_EQ(share_.frames_max(1), settings_.round_frames_max);
  EXPECT_EQ(share_.frames_max(0), settings_.round_frames_max);
}

TEST_F(turn_share_test, learns_nothing_of_rounds_that_hold_little) {
  learn(1'000ns);
  share_.took(1, 1s);
  EXPECT_NEAR(static_cast<double>(share_.frames_max(1)), 4'000, 50);
}

}  // namespace
}  // namespace spindrift
