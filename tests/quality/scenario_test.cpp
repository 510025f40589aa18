// The quick form of spindrift-quality: the scenarios with a few seeds each, in one process.
#include <gtest/gtest.h>

#include <array>

#include "tests/quality/contender.hpp"
#include "tests/quality/sheet.hpp"

namespace spindrift::quality {
namespace {

constexpr std::uint64_t seeds = 5;

mean f1_of(scenario_name name, const detector_settings& settings, std::uint64_t n_seeds = seeds) {
  mean f1;
  for (std::uint64_t seed = 1; seed <= n_seeds; ++seed) {
    f1.add(judge({.name = name, .seed = seed}, settings).overall().f1());
  }
  return f1;
}

TEST(scenario, anomalies_on_a_sine_a_day_and_a_room_are_found_and_hardly_anything_else) {
  const detector_settings by_default;
  for (const scenario_name name : {scenario_name::sine, scenario_name::daily, scenario_name::iot}) {
    EXPECT_GE(f1_of(name, by_default).value(), 0.99) << name_of(name);
  }
}

// Mean of ten seeds: single ones have some 19 anomalies each and lie between 0.25 and 0.7.
TEST(scenario, anomalies_between_two_modes_are_found_by_the_isolation_forest) {
  EXPECT_GE(f1_of(scenario_name::bimodal, only_isolation_forest(), 10).value(), 0.43);
}

TEST(scenario, the_classic_baseline_does_worse_where_anomalies_are_frequent) {
  const detector_settings classic = only_zscore(zscore_method::classic, false);
  EXPECT_LT(f1_of(scenario_name::daily, classic).value(), 0.95);
  EXPECT_LT(f1_of(scenario_name::iot, classic).value(), 0.95);
}

TEST(scenario, uniform_noise_is_flagged_at_most_once_in_a_thousand_points) {
  const detector_settings by_default;
  mean false_flags;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    false_flags.add(judge({.name = scenario_name::random, .seed = seed}, by_default).false_flags_per_1000());
  }
  EXPECT_LE(false_flags.value(), 1.0);
}

TEST(scenario, stationary_streams_have_no_drift_and_an_injected_one_is_found) {
  const detector_settings by_default;
  for (const scenario_name name : {scenario_name::bimodal, scenario_name::random}) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      EXPECT_EQ(judge({.name = name, .seed = seed}, by_default).drifts().reported, 0U) << name_of(name) << ' ' << seed;
    }
  }
  for (const scenario_name name :
       {scenario_name::sine, scenario_name::daily, scenario_name::iot, scenario_name::bimodal, scenario_name::random}) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      const score judged = judge({.name = name, .seed = seed, .drift_at = 1'000}, by_default);
      EXPECT_EQ(judged.drifts().delays.size(), 1U) << name_of(name) << ' ' << seed;
    }
  }
}

}  // namespace
}  // namespace spindrift::quality
