// The scenarios: a signal with noise, anomalies injected at a known rate, and the truth about each point.
//
//   name     signal                                                     injected (default rate)
//   sine     sin(0.1 t) + N(0, 0.5)                                     1 %: +5 (spike_up) or -5 (spike_down)
//   bimodal  +2 or -2 (fair) + 0.3 N(0, 1), three digits                1 %: uniform(-4, 4) instead, named after where
//   it
//                                                                       fell: beyond, between or hidden in the modes
//   daily    50 + 10 sin(2 pi t/24) + 10 sin(2 pi t/365) + U(-2, 2)     5 %: + U(30, 40) (spike_up)
//   iot      temperature, humidity, pressure, each on its own wave      5 %: temperature +-15 and humidity +-30
//   (joint_jump) random   uniform(0, 100)                                            none; with a rate: + U(50, 100)
//   (spike_up)
//
// An injected drift at N shifts the level from a stream's N-th point on (the first is 1), the next one shifts it back,
// and so on. The shift is two to four standard deviations of the whole signal: ADWIN at delta 0.002 finds it.
// Other events are injected on request: see injection.hpp.
// The signal's noise and the injections draw from separate sources, both seeded by (seed, stream): another anomaly rate
// leaves the noise as it was, and another number of streams or connections leaves every stream as it was.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/injection.hpp"
#include "client/noise.hpp"
#include "client/source.hpp"

namespace spindrift {

enum class scenario_name { sine, bimodal, daily, iot, random };

std::string_view name_of(scenario_name name);
std::optional<scenario_name> scenario_named(std::string_view name);

struct scenario_settings {
  scenario_name name = scenario_name::sine;
  std::uint64_t seed = 1;
  std::size_t streams = 1;
  std::optional<double> anomaly_rate{};       // 0 to 1; empty: the scenario's own
  std::vector<std::uint64_t> drift_points{};  // ascending, from 1
  std::vector<injection> injected{};
};

// The share of points injected where nothing else was asked for.
double default_anomaly_rate(scenario_name name);
// How far an injected drift moves each feature (the value, for univariate scenarios).
const std::array<double, 3>& drift_shift(scenario_name name);

class scenario final : public source {
public:
  explicit scenario(scenario_settings settings);

  void next(std::size_t stream, sample& out) override;
  const std::vector<std::string>& kinds() const override { return kinds_; }
  bool has_truth() const override { return true; }
  bool has_recorded_time() const override { return false; }

private:
  struct stream_state {
    noise_source signal;
    noise_source injection;
    std::uint64_t t = 0;                 // points made so far
    std::size_t drifts = 0;              // of the settings' drift points, those passed
    noise_source extra;                  // of injected events
    std::int64_t late_ms = 0;            // by which silences have moved event time on
    std::vector<double> stands_still{};  // the values of a point that is stuck
  };

  void inject(stream_state& state, sample& out) const;
  void inject_one(const injection& wanted, stream_state& state, sample& out) const;
  void make_sine(stream_state& state, bool injects, sample& out) const;
  void make_bimodal(stream_state& state, bool injects, sample& out) const;
  void make_daily(stream_state& state, bool injects, sample& out) const;
  void make_iot(stream_state& state, bool injects, sample& out) const;
  void make_random(stream_state& state, bool injects, sample& out) const;

  scenario_settings settings_;
  double anomaly_rate_;
  std::int64_t interval_ms_;
  std::vector<std::string> kinds_;
  std::vector<stream_state> streams_;
};

}  // namespace spindrift
