// ADWIN as the server runs it, beside river's (server/detect/adwin.hpp is that one bit for bit): false drifts on
// stationary noise, delay on a shift of one sigma.
#include <array>
#include <cmath>
#include <functional>

#include "server/detect/adwin.hpp"
#include "server/detect/drift_detector.hpp"
#include "tests/quality/section.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::quality {
namespace {

using support::noise_source;

constexpr double false_drifts_max = 2;  // per million points, at delta 0.002
constexpr double delay_max = 55;        // points, the median, at clock 32
constexpr std::uint64_t wait_max = 2'000;

struct noise_kind {
  const char* name;
  double (*value)(noise_source&);
  double sigma;
  bool has_bound;
};

const std::array<noise_kind, 7> noises = {{
    {"normal", [](noise_source& n) { return n.normal(); }, 1, true},
    {"uniform", [](noise_source& n) { return n.uniform(); }, 0.28867513459481287, true},
    {"exponential", [](noise_source& n) { return n.exponential(); }, 1, true},
    {"Laplace", [](noise_source& n) { return n.laplace(); }, 1.4142135623730951, false},
    {"lognormal", [](noise_source& n) { return n.lognormal(); }, 2.1611974158950877, false},
    {"t(3)", [](noise_source& n) { return n.student_t3(); }, 1.7320508075688772, false},
    {"Poisson(0.1)", [](noise_source& n) { return n.poisson(0.1); }, 0.31622776601683794, false},
}};

// Drifts per million points of one noise, a seed at a time.
struct false_drifts {
  mean ours;
  mean river;
};

void count(const noise_kind& kind, std::uint64_t seed, std::uint64_t points, false_drifts& into) {
  const adwin_settings settings;
  drift_detector ours(settings);
  adwin river(settings);
  noise_source noise(seed);
  for (std::uint64_t i = 0; i < points; ++i) {
    const double x = kind.value(noise);
    ours.update(x);
    river.update(x);
  }
  const double millions = static_cast<double>(points) * 1e-6;
  into.ours.add(static_cast<double>(ours.n_detections()) / millions);
  into.river.add(static_cast<double>(river.n_detections()) / millions);
}

// Points from the shift to the first detection; wait_max where none came.
template <class Detector>
std::vector<double> delays(const noise_kind& kind, std::uint64_t shift_after, std::uint64_t trials) {
  const adwin_settings settings;
  std::vector<double> found;
  for (std::uint64_t trial = 1; trial <= trials; ++trial) {
    noise_source noise(1'000 * shift_after + trial);
    Detector detector(settings);
    // Not always at the same place between two looks of the clock.
    const std::uint64_t start = shift_after + noise.below(200);
    for (std::uint64_t i = 0; i < start; ++i) detector.update(kind.value(noise));
    std::uint64_t waited = 0;
    bool is_found = false;
    while (!is_found && waited < wait_max) {
      ++waited;
      is_found = static_cast<bool>(detector.update(kind.value(noise) + kind.sigma));
    }
    found.push_back(static_cast<double>(waited));
  }
  return found;
}

// The bound is for each run of so many points, not for their mean.
void put_false_drifts(const plan& what, sheet& out) {
  out.paragraph("False drifts per million points, mean and worst of " + std::to_string(what.drift_seeds) + " seeds.");
  table rates{{"stationary noise", "points a seed", "ours", "worst seed", "river's", "worst seed"}};
  for (const noise_kind& kind : noises) {
    const std::uint64_t points = kind.has_bound ? what.drift_points : what.drift_points / 10;
    false_drifts rate;
    for (std::uint64_t seed = 1; seed <= what.drift_seeds; ++seed) count(kind, seed, points, rate);
    const auto worst = rate.ours.most();
    rates.rows.push_back({kind.name, std::to_string(points), figure(rate.ours.value(), 2),
                          kind.has_bound ? out.at_most(worst, false_drifts_max, 2) : figure(worst, 2),
                          figure(rate.river.value(), 2), figure(rate.river.most(), 2)});
  }
  out.put(rates);
}

void put_delays(const plan& what, sheet& out) {
  out.paragraph("Points from a shift of one sigma to the drift, median and 90 % of " +
                std::to_string(what.delay_trials) +
                " trials; the shift comes up to 200 points after the number given.");
  table waits{{"noise", "shift after", "ours", "90 %", "river's", "90 %"}};
  for (const noise_kind& kind : noises) {
    if (!kind.has_bound) continue;
    for (const std::uint64_t shift_after : {200U, 1'000U, 3'000U}) {
      const auto ours = delays<drift_detector>(kind, shift_after, what.delay_trials);
      const auto river = delays<adwin>(kind, shift_after, what.delay_trials);
      waits.rows.push_back({kind.name, std::to_string(shift_after), out.at_most(median(ours), delay_max, 0),
                            figure(quantile(ours, 0.9), 0), figure(median(river), 0), figure(quantile(river, 0.9), 0)});
    }
  }
  out.put(waits);
}

}  // namespace

void report_drift(const plan& what, sheet& out) {
  out.heading("Drift: false drifts and delay");
  out.paragraph("ADWIN at delta 0.002 and clock 32, alone, fed with the values as they are.");
  put_false_drifts(what, out);
  put_delays(what, out);
}

}  // namespace spindrift::quality
