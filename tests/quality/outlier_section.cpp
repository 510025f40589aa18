// What a change costs in flags (level shifts, ramps), and what is found (bursts, spikes).
#include <functional>

#include "client/score.hpp"
#include "server/detect/classic_zscore.hpp"
#include "server/detect/robust_zscore.hpp"
#include "tests/quality/section.hpp"
#include "tests/support/noise.hpp"

namespace spindrift::quality {
namespace {

using support::noise_source;

constexpr std::uint64_t before_change = 1'000;
constexpr std::uint64_t after_change = 2'000;
constexpr std::uint64_t not_scored = 100;
constexpr double shift_flags_max = 10;

zscore_settings settings_of(zscore_method method) {
  zscore_settings settings;
  settings.method = method;
  return settings;
}

// The flags of one seed after a change of a normal stream: added(t) is what is added to the t-th point after it.
template <class Baseline>
double flags_after(const zscore_settings& settings, std::uint64_t seed, const std::function<double(double)>& added) {
  Baseline zscore(settings);
  noise_source noise(seed);
  for (std::uint64_t t = 0; t < before_change; ++t) zscore.update(noise.normal());
  double flagged = 0;
  for (std::uint64_t t = 0; t < after_change; ++t) {
    flagged += zscore.update(noise.normal() + added(static_cast<double>(t))).anomaly ? 1 : 0;
  }
  return flagged;
}

template <class Baseline>
mean flags_after(zscore_method method, std::uint64_t seeds, const std::function<double(double)>& added) {
  const zscore_settings settings = settings_of(method);
  mean flags;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) flags.add(flags_after<Baseline>(settings, seed, added));
  return flags;
}

// A stream with something to find: the value, and whether it is an anomaly.
struct hunt {
  std::string name;
  std::function<double(noise_source&, std::uint64_t t, bool& is_anomaly)> value;
  double recall_min;  // 0: no bound
};

double spike(noise_source& noise, double base, double height, bool& is_anomaly) {
  is_anomaly = noise.chance(0.01);
  return is_anomaly ? base + (noise.chance(0.5) ? height : -height) : base;
}

hunt normal_spikes(const std::string& name, double height, double recall_min) {
  return {name, [height](noise_source& n, std::uint64_t, bool& is) { return spike(n, n.normal(), height, is); },
          recall_min};
}

hunt heavy_spikes(const std::string& name, double height, double recall_min) {
  return {name, [height](noise_source& n, std::uint64_t, bool& is) { return spike(n, n.student_t3(), height, is); },
          recall_min};
}

hunt bursts(const std::string& name, std::uint64_t length, double recall_min) {
  return {name,
          [length](noise_source& n, std::uint64_t t, bool& is) {
            is = t >= 500 && t % 500 < length;
            return n.normal() + (is ? 10.0 : 0.0);
          },
          recall_min};
}

template <class Baseline>
confusion hunt_down(const hunt& what, zscore_method method, const plan& how) {
  const zscore_settings settings = settings_of(method);
  confusion counted;
  for (std::uint64_t seed = 1; seed <= how.seeds; ++seed) {
    Baseline zscore(settings);
    noise_source noise(seed);
    for (std::uint64_t t = 0; t < how.quiet_points / 4; ++t) {
      bool is_anomaly = false;
      const double x = what.value(noise, t, is_anomaly);
      const bool flagged = zscore.update(x).anomaly;
      if (t < not_scored) continue;
      counted.true_positives += is_anomaly && flagged ? 1 : 0;
      counted.false_negatives += is_anomaly && !flagged ? 1 : 0;
      counted.false_positives += !is_anomaly && flagged ? 1 : 0;
    }
  }
  return counted;
}

}  // namespace

void report_levels(const plan& what, sheet& out) {
  out.heading("Flags after a change that is no anomaly");
  out.paragraph("Normal noise of sigma 1; the change comes after " + std::to_string(before_change) +
                " points. Flags in the " + std::to_string(after_change) + " points after it, the mean of " +
                std::to_string(what.seeds) + " seeds; after a semicolon the worst seed. On the ramps: of all seeds.");
  table shifts{{"change", "robust Z-score", "classic Z-score"}};
  for (const double height : {5.0, 10.0, 50.0}) {
    const auto added = [height](double) { return height; };
    const mean robust = flags_after<robust_zscore>(zscore_method::robust, what.seeds, added);
    const mean classic = flags_after<classic_zscore>(zscore_method::classic, what.seeds, added);
    const std::string worst = height == 5.0 ? out.at_most(robust.most(), shift_flags_max, 0) : figure(robust.most(), 0);
    shifts.rows.push_back({"level + " + figure(height, 0) + " sigma", figure(robust.value(), 2) + "; " + worst,
                           figure(classic.value(), 2) + "; " + figure(classic.most(), 0)});
  }
  for (const double slope : {0.001, 0.01, 0.05}) {
    const auto added = [slope](double t) { return slope * t; };
    const mean robust = flags_after<robust_zscore>(zscore_method::robust, what.seeds, added);
    const mean classic = flags_after<classic_zscore>(zscore_method::classic, what.seeds, added);
    shifts.rows.push_back(
        {"ramp, " + figure(slope, 3) + " sigma a point", out.at_most(robust.sum(), 0, 0), figure(classic.sum(), 0)});
  }
  out.put(shifts);
}

void report_spikes(const plan& what, sheet& out) {
  const std::vector<hunt> hunts = {
      bursts("bursts of 8 at 10 sigma, every 500 points", 8, 0.5),
      bursts("bursts of 12", 12, 0),
      bursts("bursts of 16", 16, 0),
      normal_spikes("1 % spikes of 5 sigma", 5, 0),
      normal_spikes("1 % spikes of 6 sigma", 6, 0.5),
      normal_spikes("1 % spikes of 7 sigma", 7, 0),
      normal_spikes("1 % spikes of 8 sigma", 8, 0),
      heavy_spikes("1 % spikes of 15 on t(3) noise", 15, 0),
      heavy_spikes("1 % spikes of 22 on t(3) noise", 22, 0.22),
      heavy_spikes("1 % spikes of 30 on t(3) noise", 30, 0),
  };
  out.heading("Bursts and spikes");
  out.paragraph("Recall and precision over " + std::to_string(what.seeds) + " seeds x " +
                std::to_string(what.quiet_points / 4) + " points, the first " + std::to_string(not_scored) +
                " not scored. The bound is what the prototype in the specification reached.");
  table found{{"what", "robust recall", "precision", "classic recall", "precision"}};
  for (const hunt& each : hunts) {
    const confusion robust = hunt_down<robust_zscore>(each, zscore_method::robust, what);
    const confusion classic = hunt_down<classic_zscore>(each, zscore_method::classic, what);
    found.rows.push_back(
        {each.name,
         each.recall_min > 0 ? out.at_least(robust.recall(), each.recall_min, 3) : figure(robust.recall(), 3),
         figure(robust.precision(), 3), figure(classic.recall(), 3), figure(classic.precision(), 3)});
  }
  out.put(found);
}

}  // namespace spindrift::quality
