#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "server/detect/archive.hpp"
#include "server/detect/detector.hpp"
#include "server/detect/timed_zscore.hpp"
#include "tests/support/judged.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;
using support::pi;

constexpr double monday = 1704067200;  // 2024-01-01 00:00 UTC
constexpr double day = 86400;

const zscore_settings defaults;

struct seen_point {
  double value;
  support::judged_point seen;
};

// Points `interval` seconds apart; value of (noise, seconds since the first Monday).
std::vector<seen_point> run(int n, double interval, const std::function<double(noise_source&, double)>& value,
                            std::uint64_t seed = 1) {
  noise_source noise(seed);
  timed_zscore zscore(defaults);
  std::vector<seen_point> all;
  for (int i = 0; i < n; ++i) {
    const double x = value(noise, i * interval);
    all.push_back({x, support::judge(zscore, x, monday + i * interval, interval)});
  }
  return all;
}

int flags(const std::vector<seen_point>& of, std::size_t from) {
  return static_cast<int>(std::count_if(of.begin() + static_cast<std::ptrdiff_t>(from), of.end(),
                                        [](const seen_point& one) { return one.seen.baseline.anomaly; }));
}

double hourly_job(noise_source& noise, double t) {
  return std::fmod(t, 3600) < 120 ? 60 + 4 * noise.normal() : 10 + noise.normal();
}

TEST(timed_zscore, expects_an_hourly_job_after_five_hours) {
  EXPECT_LE(flags(run(6000, 60, hourly_job), 360), 5);
}

TEST(timed_zscore, expects_an_hourly_job_of_points_that_come_every_few_seconds) {
  for (const double interval : {1.0, 2.0, 5.0}) {
    const auto n = static_cast<int>(16 * 3600 / interval);
    const auto all = run(n, interval, hourly_job);
    // Once it is known: a point of the job itself, and one half an hour later.
    int near = 0;
    int hours = 0;
    for (int hour = 10; hour < 16; ++hour, ++hours) {
      const auto at = [&](double second) { return all[static_cast<std::size_t>((hour * 3600 + second) / interval)]; };
      ASSERT_TRUE(at(60).seen.clock && at(1800).seen.clock) << interval << ", " << hour;
      near += std::abs(at(60).seen.clock->expected - 60) < 10 && std::abs(at(1800).seen.clock->expected - 10) < 5;
    }
    EXPECT_EQ(near, hours) << interval;
  }
}

TEST(timed_zscore, learns_the_clock_of_points_every_few_seconds_from_one_in_seven) {
  const auto course = [](double interval, double more) {
    return run(static_cast<int>(12 * 3600 / interval), interval, [=, i = 0](noise_source& noise, double t) mutable {
      return hourly_job(noise, t) + (i++ % 7 == 0 ? 0 : more * noise.normal());
    });
  };
  for (const double interval : {5.0, 6.0}) {
    const auto plain = course(interval, 0);
    const auto other = course(interval, 1e-3);
    int alike = 0;
    int known = 0;
    for (std::size_t i = 0; i < plain.size(); ++i) {
      if (!plain[i].seen.clock || !other[i].seen.clock) continue;
      ++known;
      alike += plain[i].seen.clock->expected == other[i].seen.clock->expected ? 1 : 0;
    }
    ASSERT_GT(known, 1'000) << interval;
    EXPECT_EQ(alike, interval <= 5 ? known : 0) << interval;
  }
}

TEST(timed_zscore, expects_a_daily_wave_of_points_that_come_an_hour_apart_at_any_minute) {
  for (const double minutes : {0.0, 1.0, 7.0, 38.0}) {
    const auto all = run(20 * 24, 3600, [minutes](noise_source& noise, double t) {
      return 10 * std::sin(2 * pi * (t / day + minutes / 1440)) + noise.normal();
    });
    noise_source noise(1);
    timed_zscore zscore(defaults);
    int expected = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const double t = monday + static_cast<double>(i) * 3600 + minutes * 60;
      const auto seen = support::judge(zscore, all[i].value, t, 3600);
      if (i >= 10 * 24) expected += seen.clock ? 1 : 0;
    }
    EXPECT_EQ(expected, 10 * 24) << minutes;
  }
}

TEST(timed_zscore, flags_a_job_that_did_not_run_and_one_at_another_time) {
  const auto all = run(6000, 60, [](noise_source& noise, double t) {
    if (t >= 80 * 3600.0 && t < 80 * 3600.0 + 600) return 10 + noise.normal();
    if (t >= 90 * 3600.0 + 1200 && t < 90 * 3600.0 + 1320) return 60 + 4 * noise.normal();
    return hourly_job(noise, t);
  });
  EXPECT_TRUE(all[80 * 60].seen.baseline.anomaly);
  EXPECT_LT(all[80 * 60].seen.baseline.z, 0);
  EXPECT_TRUE(all[90 * 60 + 20].seen.baseline.anomaly);
}

TEST(timed_zscore, knows_the_weekend_and_a_workday_without_work) {
  const auto office = [](noise_source& noise, double t) {
    const int days = static_cast<int>(t / day);
    const double hour = std::fmod(t, day) / 3600;
    const bool off = days % 7 >= 5 || days == 51;
    return 30 + (off ? 15 : 220) * std::exp(-(hour - 14) * (hour - 14) / 12) + 5 * noise.normal();
  };
  const auto all = run(56 * 96, 900, office);
  const auto strange = [&](int of_day) {
    int points = 0;
    for (std::size_t i = 0; i < 96; ++i) {
      const auto& clock = all[static_cast<std::size_t>(of_day) * 96 + i].seen.clock;
      points += clock && std::abs(clock->z) > 5 ? 1 : 0;
    }
    return points;
  };
  EXPECT_GE(strange(51), 20) << "a Wednesday off";
  for (const int quiet : {33, 34, 40, 41, 44, 45, 47, 48}) EXPECT_LE(strange(quiet), 2) << "day " << quiet;
}

TEST(timed_zscore, finds_no_habit_where_there_is_none) {
  double state = 0;
  const std::function<double(noise_source&, double)> kinds[] = {
      [](noise_source& noise, double) { return noise.normal(); },
      [](noise_source& noise, double) { return noise.lognormal(); },
      [](noise_source& noise, double) { return noise.poisson(0.1); },
      [](noise_source&, double) { return 42.0; },
      [&](noise_source& noise, double) { return state += noise.normal(); },
      [&](noise_source& noise, double) { return state = 0.985 * state + noise.normal(); },
      [&](noise_source& noise, double) { return state += 1000 + 50 * noise.normal(); },
      [](noise_source& noise, double t) { return std::sin(t / 1300) + 0.2 * noise.normal(); }};
  for (const auto& kind : kinds) {
    for (const double interval : {60.0, 900.0}) {
      state = 0;
      const auto all = run(20000, interval, kind);
      const auto told =
          std::count_if(all.begin(), all.end(), [](const seen_point& one) { return one.seen.clock.has_value(); });
      EXPECT_LE(told, 200) << "kind " << &kind - &kinds[0] << " every " << interval;
    }
  }
}

TEST(timed_zscore, gives_a_habit_up_that_the_stream_has_given_up) {
  const auto all = run(12000, 60, [](noise_source& noise, double t) {
    return t < 6000 * 60.0 ? hourly_job(noise, t) : 10 + noise.normal();
  });
  EXPECT_TRUE(all[5990].seen.clock.has_value());
  EXPECT_LE(flags(all, 9000), 3);
}

TEST(detector, sees_drift_in_what_is_left_after_the_clock) {
  const detector_settings settings;
  detector of(settings, 1);
  noise_source noise(3);
  std::vector<int> drifts;
  for (int i = 0; i < 20 * 288; ++i) {
    const double wave = 50 + 20 * std::sin(2 * pi * i / 288) + noise.normal() + (i < 15 * 288 ? 0 : 8);
    const double values[] = {wave};
    if (of.update(values, monday + 300.0 * i).drift) drifts.push_back(i);
  }
  ASSERT_FALSE(drifts.empty()) << "less than half of the amplitude";
  EXPECT_GE(drifts.front(), 15 * 288);
  EXPECT_LE(drifts.front(), 15 * 288 + 100);
  EXPECT_LE(drifts.size(), 2U);
}

TEST(timed_zscore, continues_bit_for_bit_after_a_restore) {
  noise_source noise(5);
  timed_zscore original(defaults);
  int i = 0;
  for (; i < 1500; ++i) support::judge(original, hourly_job(noise, 60.0 * i), monday + 60.0 * i, 60);
  std::string bytes;
  state_writer writer(bytes);
  writer(original);
  timed_zscore restored(defaults);
  state_reader reader(bytes);
  reader(restored);
  ASSERT_TRUE(reader.ok());
  ASSERT_EQ(reader.bytes_left(), 0U);
  for (; i < 4000; ++i) {
    const double x = hourly_job(noise, 60.0 * i);
    const auto a = support::judge(original, x, monday + 60.0 * i, 60);
    const auto b = support::judge(restored, x, monday + 60.0 * i, 60);
    ASSERT_EQ(a.baseline.z, b.baseline.z) << i;
    ASSERT_EQ(a.season, b.season) << i;
  }
}

TEST(timed_zscore, takes_any_time_and_any_value) {
  timed_zscore zscore(defaults);
  noise_source noise(7);
  const double times[] = {0, -1e300, 1e300, NAN, INFINITY, 1e12, -5};
  const double values[] = {0, 1e308, -1e308, NAN, INFINITY, 5e-324};
  for (int i = 0; i < 5000; ++i) {
    const double t = noise.chance(0.2) ? times[noise.below(7)] : monday + 60.0 * i;
    const double x = noise.chance(0.2) ? values[noise.below(6)] : noise.normal();
    const auto seen = support::judge(zscore, x, t, 60);
    ASSERT_TRUE(std::isfinite(seen.baseline.z) && std::isfinite(seen.season));
  }
}

}  // namespace
}  // namespace spindrift
