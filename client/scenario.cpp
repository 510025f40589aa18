// Makes values with anomalies whose truth is known.
#include "client/scenario.hpp"

#include <cassert>
#include <cmath>
#include <utility>

#include "client/waveform.hpp"

namespace spindrift {
namespace {

struct scenario_facts {
  scenario_name name;
  std::string_view text;
  double anomaly_rate;
  std::array<double, 3> drift_shift;
  std::int64_t interval_ms;  // event time between two points: `daily` has 24 points a day, so its points are hours
};

constexpr std::array<scenario_facts, 5> facts = {{
    {scenario_name::sine, "sine", 0.01, {2, 0, 0}, 1'000},
    {scenario_name::bimodal, "bimodal", 0.01, {4, 0, 0}, 1'000},
    {scenario_name::daily, "daily", 0.05, {30, 0, 0}, 3'600'000},
    {scenario_name::iot, "iot", 0.05, {10, 20, 20}, 1'000},
    {scenario_name::random, "random", 0.0, {60, 0, 0}, 1'000},
}};

const scenario_facts& facts_of(scenario_name name) {
  return facts[static_cast<std::size_t>(name)];
}

// Kinds, as 1 + index into kinds_of(): what sample::kind holds.
constexpr std::uint8_t first_kind = 1;
constexpr std::uint8_t second_kind = 2;
constexpr std::uint8_t third_kind = 3;

std::vector<std::string> kinds_of(scenario_name name) {
  switch (name) {
    case scenario_name::sine:
      return {"spike_up", "spike_down"};
    case scenario_name::bimodal:
      return {"beyond", "between", "hidden"};
    case scenario_name::iot:
      return {"joint_jump"};
    case scenario_name::daily:
    case scenario_name::random:
      break;
  }
  return {"spike_up"};
}

double three_digits(double value) {
  return std::floor(value * 1000.0 + 0.5) / 1000.0;
}

// The modes are at +-2 with sigma 0.3: three sigmas around them is where nothing that looks at values can tell.
std::uint8_t bimodal_kind(double value) {
  const double distance = std::fabs(value);
  if (distance > 2.9) return first_kind;
  return distance < 1.1 ? second_kind : third_kind;
}

}  // namespace

std::string_view name_of(scenario_name name) {
  return facts_of(name).text;
}

std::optional<scenario_name> scenario_named(std::string_view name) {
  for (const scenario_facts& known : facts) {
    if (known.text == name) return known.name;
  }
  return std::nullopt;
}

double default_anomaly_rate(scenario_name name) {
  return facts_of(name).anomaly_rate;
}

const std::array<double, 3>& drift_shift(scenario_name name) {
  return facts_of(name).drift_shift;
}

scenario::scenario(scenario_settings settings)
    : settings_(std::move(settings)),
      anomaly_rate_(settings_.anomaly_rate.value_or(default_anomaly_rate(settings_.name))),
      interval_ms_(facts_of(settings_.name).interval_ms),
      kinds_(kinds_of(settings_.name)) {
  streams_.reserve(settings_.streams);
  for (std::uint64_t stream = 0; stream < settings_.streams; ++stream) {
    constexpr std::uint64_t apart = std::uint64_t{1} << 40U;
    streams_.push_back({noise_source(settings_.seed, 2 * stream), noise_source(settings_.seed, 2 * stream + 1), 0, 0,
                        noise_source(settings_.seed, apart + stream)});
  }
}

void scenario::next(std::size_t stream, sample& out) {
  assert(stream < streams_.size());
  stream_state& state = streams_[stream];
  const std::vector<std::uint64_t>& drifts = settings_.drift_points;
  while (state.drifts < drifts.size() && drifts[state.drifts] <= state.t + 1) ++state.drifts;

  const bool injects = state.injection.chance(anomaly_rate_);
  out.kind = 0;
  switch (settings_.name) {
    case scenario_name::sine:
      make_sine(state, injects, out);
      break;
    case scenario_name::bimodal:
      make_bimodal(state, injects, out);
      break;
    case scenario_name::daily:
      make_daily(state, injects, out);
      break;
    case scenario_name::iot:
      make_iot(state, injects, out);
      break;
    case scenario_name::random:
      make_random(state, injects, out);
      break;
  }
  if (state.drifts % 2 == 1) {
    const std::array<double, 3>& shift = drift_shift(settings_.name);
    out.value += shift[0];
    for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i].value += shift[i];
  }
  if (!settings_.injected.empty()) inject(state, out);
  out.label = injects;
  out.ts = synthetic_start_ms + static_cast<std::int64_t>(state.t) * interval_ms_ + state.late_ms;
  ++state.t;
}

namespace {

// Adds so many of an injected drift's steps to every value.
void add_steps(double steps, scenario_name name, sample& out) {
  const std::array<double, 3>& step = drift_shift(name);
  out.value += steps * step[0];
  for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i].value += steps * step[i];
}

}  // namespace

void scenario::inject(stream_state& state, sample& out) const {
  const std::uint64_t n = state.t + 1;
  bool has_job = false;
  bool is_missed = false;
  for (const injection& wanted : settings_.injected) {
    if (wanted.kind == injected_event::missed) {
      has_job = true;
      is_missed = is_missed || (n >= begin_of(wanted) && n < begin_of(wanted) + wanted.length);
    } else if (n >= wanted.at) {
      inject_one(wanted, state, out);
    }
  }
  if (has_job && !is_missed && n % job_period < job_points) add_steps(3, settings_.name, out);
}

void scenario::inject_one(const injection& wanted, stream_state& state, sample& out) const {
  const std::uint64_t since = state.t + 1 - wanted.at;
  const bool lasts = since < wanted.length;
  switch (wanted.kind) {
    case injected_event::shift:
      return add_steps(1, settings_.name, out);
    case injected_event::trend:
      return add_steps(lasts ? 2 * static_cast<double>(since) / static_cast<double>(wanted.length) : 2.0,
                       settings_.name, out);
    case injected_event::spread:
      if (lasts) add_steps(state.extra.normal(0.5), settings_.name, out);
      return;
    case injected_event::stuck:
      if (since == 0) {
        state.stands_still = {out.value};
        for (const feature& one : out.values) state.stands_still.push_back(one.value);
      }
      if (!lasts || state.stands_still.empty()) return;
      out.value = state.stands_still.front();
      for (std::size_t i = 0; i < out.values.size(); ++i) out.values[i].value = state.stands_still[i + 1];
      return;
    case injected_event::silence:
      if (since == 0) state.late_ms += static_cast<std::int64_t>(wanted.length) * interval_ms_;
      return;
    case injected_event::missed:
      return;
  }
}

void scenario::make_sine(stream_state& state, bool injects, sample& out) const {
  out.value = waveform::slow_sine(state.t) + state.signal.normal(0.5);
  if (!injects) return;
  out.kind = state.injection.coin() ? first_kind : second_kind;
  out.value += out.kind == first_kind ? 5.0 : -5.0;
}

void scenario::make_bimodal(stream_state& state, bool injects, sample& out) const {
  const double mode = state.signal.coin() ? 2.0 : -2.0;
  out.value = three_digits(mode + state.signal.normal(0.3));
  if (!injects) return;
  out.value = three_digits(state.injection.uniform(-4.0, 4.0));
  out.kind = bimodal_kind(out.value);
}

void scenario::make_daily(stream_state& state, bool injects, sample& out) const {
  out.value = waveform::daily(state.t) + state.signal.uniform(-2.0, 2.0);
  if (!injects) return;
  out.kind = first_kind;
  out.value += state.injection.uniform(30.0, 40.0);
}

void scenario::make_iot(stream_state& state, bool injects, sample& out) const {
  const double temperature = waveform::temperature(state.t) + state.signal.normal(0.5);
  const double humidity = waveform::humidity(state.t) + state.signal.normal(2.0);
  const double pressure = 1013.0 + state.signal.normal(5.0);
  double temperature_jump = 0;
  double humidity_jump = 0;
  if (injects) {
    out.kind = first_kind;
    temperature_jump = state.injection.coin() ? 15.0 : -15.0;
    humidity_jump = state.injection.coin() ? 30.0 : -30.0;
  }
  out.values.resize(3);
  out.values[0] = {"temperature", temperature + temperature_jump};
  out.values[1] = {"humidity", humidity + humidity_jump};
  out.values[2] = {"pressure", pressure};
}

void scenario::make_random(stream_state& state, bool injects, sample& out) const {
  out.value = state.signal.uniform(0.0, 100.0);
  if (!injects) return;
  out.kind = first_kind;
  out.value += state.injection.uniform(50.0, 100.0);
}

}  // namespace spindrift
