#include "server/events/event_watch.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "tests/support/noise.hpp"
#include "tests/unit/events/little_stream.hpp"

namespace spindrift {
namespace {

using support::noise_source;

void add_noise(little_stream& to, noise_source& noise, int points, double level = 100, double sigma = 3) {
  for (int i = 0; i < points; ++i) to.add(level + sigma * noise.normal());
}

TEST(event_watch, tells_a_spike_once_and_as_over) {
  noise_source noise(1);
  little_stream one;
  add_noise(one, noise, 1'000);
  one.add(200);
  add_noise(one, noise, 50);
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::spike);
  EXPECT_EQ(told[0].direction, event_direction::up);
  EXPECT_EQ(told[0].from_n, 1'001U);
  EXPECT_EQ(told[0].to_n, 1'001U);
  EXPECT_EQ(told[0].value, 200);
  EXPECT_NEAR(told[0].expected, 100, 10);
}

TEST(event_watch, tells_a_step_once_as_a_shift_that_becomes_the_new_normal) {
  noise_source noise(2);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 1'000, 150);
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::shift);
  EXPECT_EQ(told[0].from_n, 1'001U);
  EXPECT_LE(told[0].told_n, 1'010U);
  EXPECT_NEAR(told[0].before.value_or(0), 100, 10);
  EXPECT_NEAR(told[0].after.value_or(0), 150, 10);
  const auto closed = one.of(event_state::closed);
  ASSERT_FALSE(closed.empty());
  EXPECT_TRUE(closed.back().accepted);
  EXPECT_EQ(closed.back().number, told[0].number);
}

// Values in halves show hardly any tail; what the baseline and the alarm both find odd need not wait for more.
TEST(event_watch, tells_a_spike_of_coarse_values_right_after_it) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    noise_source noise(seed);
    little_stream one;
    const auto add_coarse = [&] { one.add(std::round(2 * (21 + 0.3 * noise.normal())) / 2); };
    for (int i = 0; i < 1'500; ++i) add_coarse();
    one.add(25);
    add_coarse();
    const auto told = one.opened_after(1'500);
    ASSERT_EQ(told.size(), 1U) << "seed " << seed;
    EXPECT_EQ(told[0].kind, event_kind::spike);
    EXPECT_EQ(told[0].from_n, 1'501U);
  }
}

TEST(event_watch, calls_a_shift_over_when_the_level_is_back) {
  noise_source noise(3);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 40, 150);
  add_noise(one, noise, 300);
  ASSERT_EQ(one.opened_after(1'000).size(), 1U);
  const event last = one.of(event_state::closed).back();
  EXPECT_FALSE(last.accepted);
  EXPECT_NEAR(static_cast<double>(last.to_n.value_or(0)), 1'040, 2);
}

TEST(event_watch, tells_of_a_hole_at_the_first_point_behind_it) {
  noise_source noise(4);
  little_stream one;
  add_noise(one, noise, 500);
  one.wait(45 * little_stream::minute);
  add_noise(one, noise, 500);
  one.wait(45 * little_stream::minute);
  add_noise(one, noise, 100);
  std::vector<event> holes;
  for (const event& notice : one.of(event_state::open)) {
    if (notice.kind == event_kind::silent) holes.push_back(notice);
  }
  ASSERT_EQ(holes.size(), 2U);
  EXPECT_EQ(holes[0].told_n, 501U);
  EXPECT_EQ(*holes[0].to - holes[0].from, 46 * little_stream::minute);
}

TEST(event_watch, leaves_late_points_alone) {
  noise_source noise(5);
  little_stream one;
  add_noise(one, noise, 500);
  const std::size_t before = one.told().size();
  EXPECT_TRUE(one.add_at(one.ts() - 30 * little_stream::minute, {1'000}).late);
  EXPECT_EQ(one.told().size(), before);
}

TEST(event_watch, hears_again_of_a_stream_that_had_one_point_of_the_far_future) {
  noise_source noise(5);
  little_stream one;
  add_noise(one, noise, 500);
  one.add_at(one.ts() + 500'000 * little_stream::minute, {100});
  std::uint64_t late = 0;
  while (one.add(100 + noise.normal()).late) ++late;
  EXPECT_EQ(late, 256U) << "as many as the detectors leave out";
  add_noise(one, noise, 500);
  const std::uint64_t healed = one.n();
  add_noise(one, noise, 30, 150);
  ASSERT_FALSE(one.opened_after(healed).empty());
  EXPECT_EQ(one.opened_after(healed).front().kind, event_kind::shift);
}

TEST(event_watch, says_that_a_noisy_value_stands_still) {
  noise_source noise(6);
  little_stream one;
  add_noise(one, noise, 1'000);
  for (int i = 0; i < 100; ++i) one.add(101.5);
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::stuck);
  add_noise(one, noise, 30);
  EXPECT_EQ(one.of(event_state::closed).back().kind, event_kind::stuck);
}

TEST(event_watch, continues_bit_for_bit_from_a_state_saved_in_an_open_event) {
  noise_source noise(7);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 20, 150);
  ASSERT_EQ(one.events().open_count(), 1U);
  little_stream two;
  ASSERT_TRUE(two.restore(one.save()));
  for (int i = 0; i < 500; ++i) {
    const double value = 150 + 3 * noise.normal();
    one.add(value);
    two.add(value);
  }
  EXPECT_EQ(one.save(), two.save());
  EXPECT_EQ(one.told().back().text, two.told().back().text);
  EXPECT_EQ(one.events().open_count(), 0U);
}

TEST(event_watch, tells_a_second_change_within_the_aftermath_of_the_first) {
  noise_source noise(8);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 40, 150);
  add_noise(one, noise, 200, 220);
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].kind, event_kind::shift);
  EXPECT_EQ(told[1].kind, event_kind::shift);
  EXPECT_NEAR(static_cast<double>(told[1].from_n), 1'041, 1);
}

TEST(event_watch, tells_a_spike_while_a_shift_is_open) {
  noise_source noise(9);
  little_stream one;
  add_noise(one, noise, 1'000);
  add_noise(one, noise, 60, 150);
  one.add(300);
  add_noise(one, noise, 20, 150);
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].kind, event_kind::spike);
}

TEST(event_watch, tells_once_that_the_scatter_has_changed) {
  noise_source noise(10);
  little_stream one;
  add_noise(one, noise, 2'000, 0, 1);
  add_noise(one, noise, 2'000, 0, 0.3);
  const auto told = one.opened_after(2'000);
  ASSERT_FALSE(told.empty());
  EXPECT_EQ(told[0].kind, event_kind::spread);
  EXPECT_EQ(told[0].direction, event_direction::down);
  EXPECT_NEAR(told[0].before.value_or(0), 1, 0.2);
  EXPECT_LT(told[0].told_n, 2'150U);
  EXPECT_LE(told.size(), 2U);
}

TEST(event_watch, tells_a_ramp_once_and_calls_it_a_trend_as_it_goes_on) {
  noise_source noise(11);
  little_stream one;
  add_noise(one, noise, 2'000, 0, 1);
  for (int i = 0; i < 1'500; ++i) one.add(4 * i / 1'500.0 + noise.normal());
  std::vector<event> levels;
  for (const event& notice : one.opened_after(2'000)) {
    if (notice.kind == event_kind::shift || notice.kind == event_kind::trend) levels.push_back(notice);
  }
  ASSERT_EQ(levels.size(), 1U);
  EXPECT_EQ(levels[0].direction, event_direction::up);
  bool became_a_trend = false;
  for (const event& notice : one.of(event_state::update)) {
    became_a_trend = became_a_trend || (notice.number == levels[0].number && notice.kind == event_kind::trend);
  }
  EXPECT_TRUE(became_a_trend);
}

TEST(event_watch, closes_every_event) {
  noise_source noise(12);
  little_stream one;
  add_noise(one, noise, 1'500);
  for (int i = 0; i < 40; ++i) {
    add_noise(one, noise, 1 + i % 9, 100 + 20.0 * (i % 7));
    add_noise(one, noise, 60);
  }
  add_noise(one, noise, 2'000);
  EXPECT_EQ(one.events().open_count(), 0U);
  EXPECT_GE(one.of(event_state::open).size(), 5U);
}

TEST(event_watch, says_nothing_of_young_quiet_streams) {
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    noise_source noise(seed);
    little_stream one;
    for (int i = 0; i < 150; ++i) {
      one.add(seed % 4 == 0   ? noise.normal()
              : seed % 4 == 1 ? noise.poisson(4)
              : seed % 4 == 2 ? noise.exponential()
                              : noise.lognormal());
    }
    told += one.of(event_state::open).size();
  }
  EXPECT_LE(told, 2U);
}

TEST(event_watch, takes_no_level_of_the_first_points_for_a_new_one) {
  noise_source noise(18);
  little_stream one;
  for (int i = 0; i < 1'000; ++i) one.add((i / 10 % 2 == 0 ? 0 : 5) + 0.2 * noise.normal());
  for (const event& notice : one.of(event_state::open)) EXPECT_GE(notice.told_n, 60U) << notice.text;
}

TEST(event_watch, tells_no_more_of_sixteen_quiet_features_than_of_one) {
  noise_source noise(13);
  little_stream one(16);
  for (int i = 0; i < 3'000; ++i) {
    std::vector<double> values(16);
    for (double& value : values) value = noise.normal();
    one.add(values);
  }
  EXPECT_LE(one.of(event_state::open).size(), 3U);
}

TEST(event_watch, tells_one_change_of_many_features_once) {
  noise_source noise(14);
  little_stream one(8);
  for (int i = 0; i < 1'300; ++i) {
    std::vector<double> values(8);
    for (double& value : values) value = noise.normal() + (i >= 1'000 ? 30 : 0);
    one.add(values);
  }
  EXPECT_EQ(one.opened_after(1'000).size(), 1U);
}

TEST(event_watch, tells_a_sensors_code_for_an_error_at_its_first_point_once_it_is_known) {
  noise_source noise(15);
  little_stream one;
  add_noise(one, noise, 1'000, 20, 0.1);
  for (int i = 0; i < 10; ++i) {
    one.add(85);
    add_noise(one, noise, 26 + 11 * i % 41, 20, 0.1);
  }
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 10U);
  for (std::size_t i = 1; i < told.size(); ++i) EXPECT_EQ(told[i].told_n, told[i].from_n) << i;
}

TEST(event_watch, calls_a_stretch_far_out_to_both_sides_a_change_of_scatter) {
  noise_source noise(21);
  little_stream one;
  add_noise(one, noise, 1'000);
  for (int i = 0; i < 12; ++i) one.add(100 + (i % 2 == 0 ? 60 : -60));
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::spread);
  EXPECT_EQ(told[0].direction, event_direction::up);
  add_noise(one, noise, 400);
  EXPECT_EQ(one.events().open_count(), 0U);
}

// Five points told it, and it is no other change once the averages have seen it as well.
TEST(event_watch, tells_a_scatter_once_that_single_points_showed_first) {
  std::size_t told = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    noise_source noise(seed);
    little_stream one;
    add_noise(one, noise, 1'000);
    for (int i = 0; i < 8; ++i) one.add(100 + (i % 2 == 0 ? 20 : -20));
    add_noise(one, noise, 300, 100, 4);
    told += one.opened_after(1'000).size();
  }
  EXPECT_LE(told, 12U);
}

TEST(event_watch, gets_used_to_a_level_that_comes_and_goes) {
  noise_source noise(22);
  little_stream one;
  add_noise(one, noise, 1'000);
  for (int i = 0; i < 40; ++i) {
    add_noise(one, noise, 8 + static_cast<int>(9 * noise.uniform()), 160);
    add_noise(one, noise, 30 + static_cast<int>(50 * noise.uniform()));
  }
  EXPECT_LE(one.opened_after(2'000).size(), 1U);
}

TEST(event_watch, gets_used_to_a_tank_that_is_filled_now_and_then) {
  noise_source noise(23);
  little_stream one;
  for (int fill = 0; fill < 8; ++fill) {
    for (int i = 0; i < 600; ++i) one.add(42 - 0.023 * i + 0.15 * noise.normal());
  }
  EXPECT_LE(one.of(event_state::open).size(), 3U) << "seven times; told until it is known";
  EXPECT_EQ(one.opened_after(2'000).size(), 0U);
}

TEST(event_watch, says_since_when_a_meter_has_not_come_to_nought) {
  noise_source noise(24);
  little_stream one;
  std::uint64_t last_nought = 0;
  for (std::uint64_t n = 1; n <= 3'000; ++n) {
    const double drawn = noise.uniform() < 0.3 ? 3 + 9 * noise.uniform() : 0;
    if (n <= 2'500 && drawn == 0) last_nought = n;
    one.add(n > 2'500 ? drawn + 0.6 : drawn);
  }
  const auto told = one.opened_after(2'500);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::pattern);
  EXPECT_EQ(told[0].from_n, last_nought + 1);
  const auto points = static_cast<std::int64_t>(told[0].told_n - told[0].from_n);
  EXPECT_EQ(told[0].told - told[0].from, points * little_stream::minute);
}

TEST(event_watch, has_hardly_anything_to_say_of_a_counter) {
  little_stream one;
  for (int i = 0; i < 4'000; ++i) one.add(i);
  EXPECT_LE(one.of(event_state::open).size(), 2U);
}

std::vector<double> load_and_flow(noise_source& noise, int i, bool follows) {
  const double angle = 2 * support::pi * (i % 100) / 100;
  const double load = 50 + 25 * support::steady_sin(angle) + 3 * noise.normal();
  return {load, follows ? 2 * load + 3 * noise.normal() : 100 - 50 * support::steady_sin(angle) + 6 * noise.normal()};
}

TEST(event_watch, tells_once_that_two_values_no_longer_go_together) {
  noise_source noise(23);
  little_stream one(2);
  for (int i = 0; i < 3'000; ++i) one.add(load_and_flow(noise, i, i < 2'000 || i >= 2'150));
  const auto told = one.opened_after(1'000);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::relation);
  EXPECT_GT(told[0].told_n, 2'000U);
  EXPECT_LE(told[0].told_n, 2'030U);
  const auto closed = one.of(event_state::closed);
  ASSERT_FALSE(closed.empty());
  EXPECT_GE(closed.back().to_n.value_or(0), 2'100U);
  EXPECT_LE(closed.back().to_n.value_or(0), 2'250U);
}

TEST(event_watch, takes_a_cut_that_reaches_back_to_a_standstill_for_its_own) {
  for (const bool stands_still : {true, false}) {
    event_watch watch(2);
    std::vector<event> told;
    for (std::uint64_t n = 1; n <= 1'200; ++n) {
      const bool is_still = stands_still && n > 1'000 && n <= 1'100;
      const std::array<double, 2> values = {is_still ? 1.0 : static_cast<double>(n % 3),
                                            (n > 1'000 ? 21.0 : 1.0) + (is_still ? 0.0 : static_cast<double>(n % 2))};
      std::array<feature_reading, 2> features;
      for (std::size_t i = 0; i < 2; ++i) features[i].baseline = {.expected = values[i], .sigma = 1, .warmup = false};
      if (n == 1'130) features[1].drift = drift_cut{.width = 150, .mean = 21, .before = 1.5};
      reading seen;
      seen.features = features;
      watch.update(n, static_cast<std::int64_t>(n) * little_stream::minute, values, seen, told);
    }
    std::erase_if(told, [](const event& one) { return one.state != event_state::open || one.is_picture_alone; });
    ASSERT_EQ(told.size(), 1U) << stands_still;
    EXPECT_EQ(told[0].kind, stands_still ? event_kind::stuck : event_kind::shift);
  }
}

TEST(event_watch, has_nothing_to_say_of_two_values_that_never_went_together) {
  noise_source noise(24);
  little_stream one(2);
  double a = 0;
  double b = 0;
  for (int i = 0; i < 5'000; ++i) {
    a += noise.normal();
    b += noise.normal();
    one.add({a, b});
  }
  for (const event& notice : one.told()) EXPECT_NE(notice.kind, event_kind::relation);
}

TEST(event_watch, keeps_what_it_knows_of_relations_in_its_state) {
  noise_source noise(25);
  little_stream one(2);
  int i = 0;
  for (; i < 1'000; ++i) one.add(load_and_flow(noise, i, true));
  little_stream other(2);
  ASSERT_TRUE(other.restore(one.save()));
  for (; i < 1'100; ++i) {
    const std::vector<double> point = load_and_flow(noise, i, false);
    one.add(point);
    other.add(point);
  }
  EXPECT_EQ(one.save(), other.save());
  EXPECT_EQ(one.events().open_count(), 1U);
}

TEST(event_watch, gets_used_to_a_heartbeat_and_tells_of_one_that_is_left_out) {
  noise_source noise(3);
  little_stream one;
  const auto beat = [&](bool comes) {
    for (int i = 0; i < 80; ++i) {
      const double height = i == 41 ? 0.9 : i == 40 || i == 42 ? 0.4 : 0.0;
      one.add((noise.uniform() + noise.uniform() + noise.uniform() - 1.5) * 0.04 + (comes ? height : 0.0));
    }
  };
  for (int i = 0; i < 80; ++i) beat(true);
  EXPECT_LE(one.opened_after(3'200).size(), 1U);
  const std::uint64_t before = one.n();
  beat(false);
  beat(true);
  const auto told = one.opened_after(before);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].kind, event_kind::pattern);
  EXPECT_EQ(told[0].from_n, told[0].told_n);
}

TEST(event_watch, gives_the_same_notices_for_the_same_points) {
  const auto run = [] {
    noise_source noise(16);
    little_stream one;
    for (int i = 0; i < 3'000; ++i) one.add(100 + 3 * noise.normal() + (i % 700 == 650 ? 40 : 0));
    std::string text;
    for (const event& notice : one.told()) text += notice.text + '\n';
    return text;
  };
  const std::string first = run();
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(first, run());
}

TEST(event_watch, takes_any_time_and_any_finite_value) {
  noise_source noise(17);
  little_stream one;
  const std::vector<double> values = {0, -1e140, 1e140, 1e-300, 1e308, -1e308, 5e-324};
  for (int i = 0; i < 2'000; ++i) {
    const auto ts = static_cast<std::int64_t>(noise.bits());
    one.add_at(i % 3 == 0 ? ts : one.ts() + i, {values[noise.below(values.size())]});
  }
  SUCCEED();
}

TEST(event_watch, says_again_of_what_lasts_that_it_has_become_worse) {
  noise_source noise(31);
  little_stream one;
  add_noise(one, noise, 1'000);
  for (int i = 0; i < 2'000; ++i) one.add(100);
  const auto opened = one.opened_after(1'000);
  ASSERT_EQ(opened.size(), 1U);
  ASSERT_EQ(opened[0].kind, event_kind::stuck);
  const auto updates = one.of(event_state::update);
  int before = opened[0].severity;
  for (const event& update : updates) {
    EXPECT_EQ(update.number, opened[0].number);
    EXPECT_GE(update.severity, before + 10);
    before = update.severity;
  }
  EXPECT_LE(updates.size(), 3U);
}

}  // namespace
}  // namespace spindrift
