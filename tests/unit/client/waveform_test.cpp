#include "client/waveform.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace spindrift {
namespace {

constexpr double two_pi = 6.283185307179586;

TEST(waveform, agrees_with_the_library_sine_over_several_turns) {
  for (int i = -4'000; i <= 4'000; ++i) {
    const double turns = i / 1'000.0;
    EXPECT_NEAR(waveform::sine_of_turns(turns), std::sin(turns * two_pi), 4e-15) << turns;
  }
}

TEST(waveform, keeps_its_phase_after_a_hundred_million_points) {
  constexpr std::uint64_t far = 24ULL * 365 * 100 * 150 * 10'000;
  EXPECT_EQ(waveform::daily(far + 5), waveform::daily(5));
  EXPECT_EQ(waveform::temperature(far + 37), waveform::temperature(37));
  EXPECT_EQ(waveform::humidity(far + 149), waveform::humidity(149));
}

TEST(waveform, draws_the_signals_of_the_scenarios) {
  for (std::uint64_t t = 0; t < 1'000; ++t) {
    const auto x = static_cast<double>(t);
    EXPECT_NEAR(waveform::slow_sine(t), std::sin(0.1 * x), 1e-12);
    EXPECT_NEAR(waveform::daily(t), 50 + 10 * std::sin(two_pi * x / 24) + 10 * std::sin(two_pi * x / 365), 1e-11);
    EXPECT_NEAR(waveform::temperature(t), 20 + 5 * std::sin(two_pi * x / 100), 1e-11);
    EXPECT_NEAR(waveform::humidity(t), 50 + 10 * std::cos(two_pi * x / 150), 1e-11);
  }
}

}  // namespace
}  // namespace spindrift
