// Goal: a new level is one event, of the right kind, whatever it stands in: scatter, counts, the wave of a day.
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/noise.hpp"
#include "tests/unit/events/little_stream.hpp"

namespace spindrift {
namespace {

using support::noise_source;

// Its first points come near the old level, too: that is no end of a spike.
TEST(new_level, takes_a_new_level_of_much_scatter_for_one_change) {
  std::size_t told = 0;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    noise_source noise(seed);
    little_stream one;
    for (int i = 0; i < 500; ++i) one.add(0.4 + 0.02 * noise.normal());
    for (int i = 0; i < 200; ++i) one.add(0.6 + 0.1 * noise.normal());
    told += one.opened_after(500).size();
  }
  EXPECT_GE(told, 20U);
  EXPECT_LE(told, 26U);
}

// A dozen errors a minute where there was one in three: ADWIN sees the beginning, flagged points what it became.
TEST(new_level, says_of_a_level_that_it_is_worse_than_it_seemed_at_first) {
  int worse = 0;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    noise_source noise(seed);
    little_stream one;
    const auto add_count = [&](double mean) {
      int count = 0;
      for (double left = noise.uniform(); left > support::steady_exp(-mean); left *= noise.uniform()) ++count;
      one.add(count);
    };
    for (int i = 0; i < 3'000; ++i) add_count(0.3);
    for (int i = 0; i < 40; ++i) add_count(12);
    const auto told = one.opened_after(3'000);
    ASSERT_EQ(told.size(), 1U) << "seed " << seed;
    const event& last = one.told().back();
    EXPECT_EQ(last.number, told[0].number);
    EXPECT_GE(last.severity, 60) << "seed " << seed;
    worse += told[0].severity < 40 ? 1 : 0;
  }
  EXPECT_GT(worse, 0);
}

// The wave goes up and down by more than the level rises.
TEST(new_level, knows_a_new_level_under_a_wave_of_the_day) {
  constexpr int day = 144;
  std::size_t told = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    noise_source noise(seed);
    little_stream one;
    for (int i = 0; i < 20 * day; ++i) {
      const double wave = 50 + 20 * support::steady_sin(2 * support::pi * i / day);
      const double level = i >= 18 * day + 40 ? 12 : 0;
      one.add_at(little_stream::begin + i * 10 * little_stream::minute, {wave + level + 1.5 * noise.normal()});
    }
    const auto opened = one.opened_after(18 * day + 40);
    ASSERT_FALSE(opened.empty()) << "seed " << seed;
    EXPECT_LE(opened[0].told_n, 18U * day + 60);
    told += opened.size();
    event newest = opened[0];
    for (const event& notice : one.told()) {
      if (notice.number == opened[0].number) newest = notice;
    }
    EXPECT_EQ(newest.kind, event_kind::shift) << "seed " << seed;
    EXPECT_EQ(newest.direction, event_direction::up);
    EXPECT_NEAR(newest.after.value_or(0) - newest.before.value_or(0), 12, 5);
  }
  EXPECT_LE(told, 14U);
}

// The sixth outage is told as the first was: each counts once for what the stream is used to.
TEST(new_level, tells_each_of_six_outages_within_five_points) {
  little_stream one;
  for (int i = 0; i < 4'000; ++i) one.add(i >= 800 && i < 3'800 && (i - 800) % 500 < 30 ? 0 : 1);
  for (std::uint64_t at = 800; at < 3'800; at += 500) {
    const auto told = one.opened_after(at);
    ASSERT_FALSE(told.empty()) << "outage at " << at;
    EXPECT_EQ(told[0].told_n, at + 5);
    EXPECT_EQ(told[0].kind, event_kind::shift);
  }
}

}  // namespace
}  // namespace spindrift
