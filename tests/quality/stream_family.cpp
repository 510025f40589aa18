#include "tests/quality/stream_family.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "tests/support/noise.hpp"

namespace spindrift::quality {
namespace {

using support::noise_source;

// value(noise, t, last): `last` is the value before, 0 at first.
template <class Value>
stream_family family(std::string name, Value value, bool needs_season = false) {
  auto make = [value](std::uint64_t seed) -> generator {
    return [value, noise = noise_source(seed), t = std::int64_t{0}, last = 0.0]() mutable {
      return last = value(noise, t++, last);
    };
  };
  return {std::move(name), std::move(make), needs_season};
}

double square(std::int64_t t) {
  return t / 10 % 2 == 0 ? 0.0 : 5.0;
}

double wave(std::int64_t t, double period) {
  return std::sin(2 * std::numbers::pi * static_cast<double>(t) / period);
}

double saw_tooth(std::int64_t t) {
  return static_cast<double>(t % 20);
}

}  // namespace

const std::vector<stream_family>& quiet_families() {
  using noise = noise_source&;
  using time = std::int64_t;
  static const std::vector<stream_family> families = {
      family("normal", [](noise n, time, double) { return n.normal(); }),
      family("uniform", [](noise n, time, double) { return n.uniform(); }),
      family("Laplace", [](noise n, time, double) { return n.laplace(); }),
      family("t(3)", [](noise n, time, double) { return n.student_t3(); }),
      family("exponential", [](noise n, time, double) { return n.exponential(); }),
      family("lognormal", [](noise n, time, double) { return n.lognormal(); }),
      family("Poisson(3)", [](noise n, time, double) { return n.poisson(3); }),
      family("Poisson(0.1)", [](noise n, time, double) { return n.poisson(0.1); }),
      family("constant", [](noise, time, double) { return 42.5; }),
      family("constant, jitter 1e-9", [](noise n, time, double) { return 42.5 + 1e-9 * n.normal(); }),
      family("counter", [](noise, time t, double) { return static_cast<double>(t); }),
      family("random walk", [](noise n, time, double last) { return last + n.normal(); }),
      family("AR(1) 0.95", [](noise n, time, double last) { return 0.95 * last + n.normal(); }),
      family("sigma x 2, day of 1,000",
             [](noise n, time t, double) { return (t / 500 % 2 == 0 ? 1 : 2) * n.normal(); }),
      family("sigma x 2, day of 288", [](noise n, time t, double) { return (t / 144 % 2 == 0 ? 1 : 2) * n.normal(); }),
      family("normal + 1e9", [](noise n, time, double) { return 1e9 + n.normal(); }),
      family("normal x 1e-12", [](noise n, time, double) { return 1e-12 * n.normal(); }),
      family(
          "square, period 20", [](noise n, time t, double) { return square(t) + 0.2 * n.normal(); }, true),
      family(
          "square, no noise", [](noise, time t, double) { return square(t); }, true),
      family(
          "saw-tooth, period 20", [](noise n, time t, double) { return saw_tooth(t) + 0.2 * n.normal(); }, true),
      family(
          "saw-tooth, no noise", [](noise, time t, double) { return saw_tooth(t); }, true),
  };
  return families;
}

const std::vector<stream_family>& habit_families() {
  using noise = noise_source&;
  using time = std::int64_t;
  // A value of the stream's own that goes on from point to point.
  const auto walking = [](std::string name, double (*value)(noise_source&, double& state)) -> stream_family {
    auto make = [value](std::uint64_t seed) -> generator {
      return [value, source = noise_source(seed), state = 0.0]() mutable { return value(source, state); };
    };
    return {std::move(name), std::move(make)};
  };
  static const std::vector<stream_family> families = {
      family("wave of a day, noise a tenth",
             [](noise n, time t, double) { return 3 * wave(t, 288) + 0.3 * n.normal(); }),
      family("wave of a day, noise a third", [](noise n, time t, double) { return 3 * wave(t, 288) + n.normal(); }),
      family("waves of a day and a week",
             [](noise n, time t, double) { return 3 * wave(t, 288) + 2 * wave(t, 2'016) + 0.5 * n.normal(); }),
      family("wave of 100", [](noise n, time t, double) { return 5 * wave(t, 100) + 0.5 * n.normal(); }),
      family("counts of the day", [](noise n, time t, double) { return n.poisson(20 + 18 * wave(t, 288)); }),
      family("few counts of the day", [](noise n, time t, double) { return n.poisson(2 + 1.8 * wave(t, 288)); }),
      family("counts, fewer at weekends",
             [](noise n, time t, double) { return n.poisson((t / 288 % 7 < 5 ? 20 : 5) * (1 + 0.8 * wave(t, 288))); }),
      family("on and off, each 200", [](noise n, time t, double) { return (t / 200 % 2 == 0 ? 0 : 10) + n.normal(); }),
      family("on by day",
             [](noise n, time t, double) { return (t % 288 > 100 && t % 288 < 200 ? 10 : 0) + n.normal(); }),
      family("saw-tooth of 350",
             [](noise n, time t, double) { return 0.1 * static_cast<double>(t % 350) + 0.3 * n.normal(); }),
      family("one in 100 is a spike",
             [](noise n, time, double) { return n.normal() + (n.uniform() < 0.01 ? 10 * n.exponential() : 0); }),
      family("one in 400 is a spike",
             [](noise n, time, double) { return n.normal() + (n.uniform() < 0.0025 ? 10 + 3 * n.normal() : 0); }),
      family("nine of ten are 0", [](noise n, time, double) { return n.uniform() < 0.9 ? 0 : n.exponential(); }),
      family("rounded", [](noise n, time, double) { return std::round(n.normal()); }),
      family("counter of counts", [](noise n, time, double last) { return last + n.poisson(1'000); }),
      family("AR(1) 0.985", [](noise n, time, double last) { return 0.985 * last + n.normal(); }),
      walking("on and off by chance",
              [](noise n, double& state) {
                if (n.uniform() < 0.01) state = 10 - state;
                return state + n.normal();
              }),
      walking("bursts of five, one in 300",
              [](noise n, double& state) {
                state = n.uniform() < 1 / 300.0 ? 5 : state - 1;
                return n.normal() + (state > 0 ? 8 : 0);
              }),
      walking("memory that is collected",
              [](noise n, double& state) {
                state += 0.5 + 0.3 * n.uniform();
                if (state > 100 + 10 * n.normal()) state = 20 + 3 * n.normal();
                return state;
              }),
      walking("slow wander under noise",
              [](noise n, double& state) {
                state = 0.99 * state + 0.3 * n.normal();
                return state + n.normal();
              }),
      walking("exponential of a wander",
              [](noise n, double& state) {
                state = 0.95 * state + 0.3 * n.normal();
                return std::exp(state);
              }),
      walking("load, clipped at 0",
              [](noise n, double& state) {
                state = 0.9 * state + 6 * n.normal();
                return std::clamp(10 + state, 0.0, 100.0);
              }),
  };
  return families;
}

}  // namespace spindrift::quality
