#include "tests/quality/stream_family.hpp"

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

}  // namespace spindrift::quality
