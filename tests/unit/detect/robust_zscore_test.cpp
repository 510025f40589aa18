#include "server/detect/robust_zscore.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "server/detect/archive.hpp"
#include "tests/support/noise.hpp"

namespace spindrift {
namespace {

using support::noise_source;
using support::pi;
using support::steady_sin;

using waveform = std::function<double(noise_source&, int)>;

struct tally {
  int hits = 0;
  int misses = 0;
  int false_flags = 0;

  void add(bool truth, bool flagged) {
    hits += truth && flagged ? 1 : 0;
    misses += truth && !flagged ? 1 : 0;
    false_flags += !truth && flagged ? 1 : 0;
  }
  double f1() const { return 2.0 * hits / (2.0 * hits + misses + false_flags); }
  double recall() const { return static_cast<double>(hits) / (hits + misses); }
};

double false_flags_per_1000(const waveform& wave, bool seasonal = false, int points = 10'000) {
  zscore_settings settings;
  settings.seasonal = seasonal;
  int flagged = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    for (int i = 0; i < points; ++i) flagged += zscore.update(wave(noise, i)).anomaly ? 1 : 0;
  }
  return 1000.0 * flagged / (2 * points);
}

struct quiet_case {
  const char* name;
  waveform wave;
};

TEST(robust_zscore, is_quiet_on_streams_without_anomalies) {
  double walk = 0;
  const quiet_case cases[] = {
      {"normal", [](noise_source& n, int) { return n.normal(); }},
      {"uniform", [](noise_source& n, int) { return n.uniform(); }},
      {"Laplace", [](noise_source& n, int) { return n.laplace(); }},
      {"t(3)", [](noise_source& n, int) { return n.student_t3(); }},
      {"exponential", [](noise_source& n, int) { return n.exponential(); }},
      {"lognormal", [](noise_source& n, int) { return n.lognormal(); }},
      {"Poisson(3)", [](noise_source& n, int) { return n.poisson(3); }},
      {"Poisson(0.1)", [](noise_source& n, int) { return n.poisson(0.1); }},
      {"constant", [](noise_source&, int) { return 42.5; }},
      {"constant with jitter", [](noise_source& n, int) { return 42.5 + 1e-9 * n.normal(); }},
      {"counter", [](noise_source&, int i) { return static_cast<double>(i); }},
      {"slow ramp", [](noise_source& n, int i) { return 0.05 * i + n.normal(); }},
      {"random walk", [&walk](noise_source& n, int i) { return walk = (i == 0 ? 0 : walk) + n.normal(); }},
      {"AR(1) 0.95", [&walk](noise_source& n, int i) { return walk = (i == 0 ? 0 : 0.95 * walk) + n.normal(); }},
      {"day and night", [](noise_source& n, int i) { return (i / 500 % 2 == 0 ? 1 : 2) * n.normal(); }},
      {"offset by 1e9", [](noise_source& n, int) { return 1e9 + n.normal(); }},
      {"of size 1e-12", [](noise_source& n, int) { return 1e-12 * n.normal(); }},
      {"noiseless sine", [](noise_source&, int i) { return steady_sin(0.1 * i); }},
      {"two modes", [](noise_source& n, int) { return (n.chance(0.5) ? 2 : -2) + 0.3 * n.normal(); }},
  };
  for (const auto& one : cases) EXPECT_LE(false_flags_per_1000(one.wave), 1.0) << one.name;
}

TEST(robust_zscore, is_quiet_on_waves_that_jump_when_seasonal) {
  const waveform square = [](noise_source& n, int i) { return (i / 10 % 2 == 0 ? 0 : 5) + 0.2 * n.normal(); };
  const waveform saw = [](noise_source& n, int i) { return i % 20 + 0.2 * n.normal(); };
  EXPECT_LE(false_flags_per_1000(square, true), 1.0);
  EXPECT_LE(false_flags_per_1000(saw, true), 1.0);
  EXPECT_LE(false_flags_per_1000([](noise_source&, int i) { return i % 60; }, true, 20'000), 1.0);
}

// The scenarios of docs/detection.md; the first 100 points are not scored.
TEST(robust_zscore, finds_nearly_all_anomalies_in_a_noisy_sine) {
  const zscore_settings settings;
  tally seen;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    for (int i = 0; i < 2000; ++i) {
      const bool truth = noise.chance(0.01);
      const double x = steady_sin(0.1 * i) + 0.5 * noise.normal() + (truth ? noise.chance(0.5) ? 5 : -5 : 0);
      const bool flagged = zscore.update(x).anomaly;
      if (i >= 100) seen.add(truth, flagged);
    }
  }
  EXPECT_GE(seen.f1(), 0.99);
}

TEST(robust_zscore, finds_nearly_all_anomalies_in_a_daily_cycle_with_one_point_in_twenty_wrong) {
  const zscore_settings settings;
  tally seen;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    for (int i = 0; i < 1000; ++i) {
      const bool truth = noise.chance(0.05);
      const double x = 50 + 10 * steady_sin(2 * pi * i / 24) + 10 * steady_sin(2 * pi * i / 365) +
                       noise.uniform(-2, 2) + (truth ? noise.uniform(30, 40) : 0);
      const bool flagged = zscore.update(x).anomaly;
      if (i >= 100) seen.add(truth, flagged);
    }
  }
  EXPECT_GE(seen.f1(), 0.99);
}

TEST(robust_zscore, flags_a_burst_of_eight_as_a_whole) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  noise_source noise(3);
  tally seen;
  for (int i = 0; i < 4000; ++i) {
    const bool truth = i >= 500 && i % 500 < 8;
    const bool flagged = zscore.update(noise.normal() + (truth ? 10 : 0)).anomaly;
    if (i >= 100) seen.add(truth, flagged);
  }
  EXPECT_GE(seen.recall(), 0.95);
  EXPECT_LE(seen.false_flags, 1);
}

TEST(robust_zscore, finds_spikes_in_heavy_tailed_noise) {
  const zscore_settings settings;
  tally seen;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    robust_zscore zscore(settings);
    noise_source noise(seed);
    for (int i = 0; i < 5000; ++i) {
      const bool truth = noise.chance(0.01);
      const bool flagged = zscore.update(noise.student_t3() + (truth ? 25 : 0)).anomaly;
      if (i >= 200) seen.add(truth, flagged);
    }
  }
  EXPECT_GE(seen.recall(), 0.85);
}

TEST(robust_zscore, sees_equal_spikes_in_a_constant_series_every_time) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  for (int i = 0; i < 20000; ++i) {
    const bool truth = i > 100 && i % 997 == 0;
    EXPECT_EQ(zscore.update(truth ? 43 : 42).anomaly, truth) << "point " << i;
  }
}

TEST(robust_zscore, finds_what_lies_beyond_the_bound_of_uniform_noise) {
  const zscore_settings settings;
  double hits = 0;
  double told = 0;
  double truths = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    for (int i = 0; i < 20000; ++i) {
      const bool truth = noise.chance(0.01);
      const double x = noise.uniform(0, 100) + (truth ? noise.uniform(50, 100) : 0.0);
      const bool flagged = zscore.update(x).anomaly;
      if (i < 2000) continue;
      truths += truth ? 1 : 0;
      told += flagged ? 1 : 0;
      hits += truth && flagged ? 1 : 0;
    }
  }
  RecordProperty("f1", std::to_string(2 * hits / (truths + told)));
  EXPECT_GE(2 * hits / (truths + told), 0.7) << hits << " of " << truths << ", told " << told;
}

TEST(robust_zscore, adopts_a_new_level_within_ten_flags) {
  const zscore_settings settings;
  for (double shift : {5.0, 10.0, 1000.0}) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      robust_zscore zscore(settings);
      noise_source noise(seed);
      for (int i = 0; i < 1000; ++i) zscore.update(noise.normal());
      int flagged = 0;
      for (int i = 0; i < 500; ++i) flagged += zscore.update(shift + noise.normal()).anomaly ? 1 : 0;
      if (shift > 5) {
        EXPECT_GE(flagged, 8);
      }
      EXPECT_LE(flagged, 10);
      EXPECT_NEAR(zscore.update(shift).expected, shift, 1);
    }
  }
}

// Goal: no regime leaves it deaf or flooding. Method: after 500 points of one stream comes another, a thousand times
// larger, smaller or of another kind; 100 points to settle, then quiet and a spike.
TEST(robust_zscore, recovers_from_every_change_of_regime) {
  const zscore_settings settings;
  const waveform waves[] = {[](noise_source& n, int) { return n.normal(); },
                            [](noise_source& n, int i) { return 300 * steady_sin(0.1 * i) + n.normal(); },
                            [](noise_source&, int) { return 7.0; },
                            [](noise_source& n, int) { return 1000 + 1e-3 * n.normal(); },
                            [](noise_source& n, int) { return -1e6 + 1e4 * n.normal(); },
                            [](noise_source&, int i) { return 2.0 * i; }};
  for (const auto& before : waves) {
    for (const auto& after : waves) {
      robust_zscore zscore(settings);
      noise_source noise(11);
      for (int i = 0; i < 500; ++i) zscore.update(before(noise, i));
      for (int i = 0; i < 100; ++i) zscore.update(after(noise, i));
      int flagged = 0;
      for (int i = 100; i < 500; ++i) flagged += zscore.update(after(noise, i)).anomaly ? 1 : 0;
      EXPECT_LE(flagged, 3);
      EXPECT_TRUE(zscore.update(after(noise, 500) + 1e6).anomaly);
    }
  }
}

// Goal: weights that were learned between two levels foretell nothing absurd. Method: streams that change between 10
// and 30 every fifty points; before there was a bound some of these were expected at -170,000.
TEST(robust_zscore, foretells_nothing_far_from_where_its_stream_goes) {
  const zscore_settings settings;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    bool is_high = false;
    for (int i = 0; i < 5'000; ++i) {
      if (noise.chance(0.02)) is_high = !is_high;
      const double expected = zscore.update((is_high ? 30 : 10) + noise.normal()).expected;
      ASSERT_GT(expected, -50) << "seed " << seed << ", point " << i;
      ASSERT_LT(expected, 90) << "seed " << seed << ", point " << i;
    }
  }
}

// Goal: a machine that is on or off is no anomaly each time. Method: stays of 20 to 80 points at 10 and at 30; of the
// last 4,000 of 5,000 points nearly none is flagged (70 of 1,000 were), a value that is at neither level is.
TEST(robust_zscore, gets_used_to_levels_that_its_stream_goes_between) {
  const zscore_settings settings;
  int flagged = 0;
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    noise_source noise(seed);
    robust_zscore zscore(settings);
    bool is_high = false;
    std::uint64_t left = 50;
    for (int i = 0; i < 5'000; ++i) {
      if (left-- == 0) {
        is_high = !is_high;
        left = 20 + noise.below(60);
      }
      const bool is_odd = i > 2'000 && i % 500 == 0;
      const bool is_flagged = zscore.update(is_odd ? 60 : (is_high ? 30 : 10) + noise.normal()).anomaly;
      found += is_odd && is_flagged ? 1 : 0;
      flagged += !is_odd && is_flagged && i >= 1'000 ? 1 : 0;
    }
  }
  EXPECT_GE(found, 40) << "of 100";
  EXPECT_LE(flagged, 1'000) << "of 80,000; 3,000 before";
}

TEST(robust_zscore, judges_the_eleventh_point_first) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  noise_source noise(4);
  for (int i = 0; i < 10; ++i) {
    const baseline_reading seen = zscore.update(noise.normal());
    EXPECT_TRUE(seen.warmup);
    EXPECT_EQ(seen.z, 0);
    EXPECT_FALSE(seen.anomaly);
  }
  const baseline_reading seen = zscore.update(1000);
  EXPECT_FALSE(seen.warmup);
  EXPECT_TRUE(seen.anomaly);
}

TEST(robust_zscore, reads_z_as_the_error_in_units_of_sigma_and_flags_beyond_the_threshold) {
  zscore_settings settings;
  settings.threshold = 2;
  robust_zscore zscore(settings);
  noise_source noise(5);
  int flagged = 0;
  for (int i = 0; i < 5000; ++i) {
    const double x = noise.student_t3();
    const baseline_reading seen = zscore.update(x);
    if (seen.warmup) continue;
    ASSERT_NEAR(seen.z, (x - seen.expected) / seen.sigma, 1e-9 * std::abs(seen.z) + 1e-12);
    ASSERT_EQ(seen.anomaly, std::abs(seen.z) > 2);
    flagged += seen.anomaly ? 1 : 0;
  }
  EXPECT_GT(flagged, 10);
}

TEST(robust_zscore, stays_calm_through_frequent_drifts) {
  const zscore_settings settings;
  robust_zscore zscore(settings);
  noise_source noise(6);
  int flagged = 0;
  for (int i = 0; i < 10'000; ++i) {
    flagged += zscore.update(10 * steady_sin(0.01 * i) + noise.normal()).anomaly ? 1 : 0;
    if (i % 100 == 0) zscore.relearn();
  }
  EXPECT_LE(flagged, 5);
}

TEST(robust_zscore, returns_finite_figures_for_any_double_and_comes_back) {
  for (bool seasonal : {false, true}) {
    zscore_settings settings;
    settings.seasonal = seasonal;
    noise_source noise(7);
    const double extremes[] = {1e308,
                               -1e308,
                               5e-324,
                               0.0,
                               1e-300,
                               1e15,
                               std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};
    for (int round = 0; round < 20; ++round) {
      robust_zscore zscore(settings);
      const double share = noise.uniform();
      for (int i = 0; i < 500; ++i) {
        const double x = noise.chance(share) ? extremes[noise.below(8)] : std::ldexp(noise.normal(), round * 20 - 200);
        const baseline_reading seen = zscore.update(x);
        ASSERT_TRUE(std::isfinite(seen.expected) && std::isfinite(seen.sigma) && std::isfinite(seen.z));
        ASSERT_LE(std::abs(seen.z), z_max);
        if (!std::isfinite(x)) {
          ASSERT_FALSE(seen.anomaly);
        }
      }
      for (int i = 0; i < 3000; ++i) zscore.update(5 + noise.normal());
      int flagged = 0;
      for (int i = 0; i < 200; ++i) flagged += zscore.update(5 + noise.normal()).anomaly ? 1 : 0;
      EXPECT_LE(flagged, 2) << "round " << round;
      EXPECT_NEAR(zscore.update(5).expected, 5, 3) << "round " << round;
    }
  }
}

TEST(robust_zscore, continues_bit_for_bit_after_a_restore) {
  for (bool seasonal : {false, true}) {
    zscore_settings settings;
    settings.seasonal = seasonal;
    for (int saved_after : {0, 1, 9, 31, 32, 100, 128, 700}) {
      noise_source noise(8);
      robust_zscore original(settings);
      for (int i = 0; i < saved_after; ++i) original.update(i % 20 + noise.student_t3());
      std::string bytes;
      state_writer writer(bytes);
      original.visit_state(writer);
      robust_zscore restored(settings);
      state_reader reader(bytes);
      restored.visit_state(reader);
      ASSERT_TRUE(reader.ok() && reader.bytes_left() == 0);
      for (int i = 0; i < 500; ++i) {
        const double x = i % 20 + (i > 250 ? 100 : 1) * noise.student_t3();
        const baseline_reading a = original.update(x);
        const baseline_reading b = restored.update(x);
        ASSERT_TRUE(a.z == b.z && a.sigma == b.sigma && a.expected == b.expected && a.anomaly == b.anomaly)
            << "saved after " << saved_after << ", point " << i;
      }
    }
  }
}

TEST(robust_zscore, refuses_a_state_of_other_settings_or_with_bytes_missing) {
  zscore_settings settings;
  robust_zscore plain(settings);
  for (int i = 0; i < 40; ++i) plain.update(i % 3);
  std::string bytes;
  state_writer writer(bytes);
  plain.visit_state(writer);
  zscore_settings seasonal_settings;
  seasonal_settings.seasonal = true;
  robust_zscore seasonal(seasonal_settings);
  state_reader reader(bytes);
  seasonal.visit_state(reader);
  EXPECT_FALSE(reader.ok());
  for (std::size_t length = 0; length < bytes.size(); length += 37) {
    robust_zscore restored(settings);
    state_reader cut(std::string_view(bytes).substr(0, length));
    restored.visit_state(cut);
    EXPECT_FALSE(cut.ok());
  }
}

}  // namespace
}  // namespace spindrift
