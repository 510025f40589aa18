// False flags per 1,000 points on streams without anomalies.
#include <array>

#include "tests/quality/contender.hpp"
#include "tests/quality/section.hpp"
#include "tests/quality/stream_family.hpp"

namespace spindrift::quality {
namespace {

constexpr double false_flags_max = 1.0;  // per 1,000 points, the mean of all seeds
constexpr double interval_s = 300;       // event time between two points: the alarm learns hours of the day

// Flags or alarms per 1,000 points, a seed at a time.
mean flags_per_1000(const stream_family& family, const contender& by, std::uint64_t seeds, std::uint64_t points) {
  mean rate;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    generator next = family.make(seed);
    detector detectors(by.settings, 1);
    std::uint64_t flagged = 0;
    for (std::uint64_t t = 0; t < points; ++t) {
      const std::array<double, 1> value{next()};
      const verdict_flags flags = flags_of(detectors.update(value, static_cast<double>(t) * interval_s));
      flagged += flags.anomaly || flags.alarm ? 1 : 0;
    }
    rate.add(1'000.0 * static_cast<double>(flagged) / static_cast<double>(points));
  }
  return rate;
}

bool is_robust(const contender& by) {
  return by.settings.zscore_on && by.settings.zscore.method == zscore_method::robust;
}

std::string cell_of(const stream_family& family, const contender& by, const plan& what, sheet& out) {
  const std::uint64_t seeds = by.settings.isolation_forest_on ? what.forest_seeds : what.seeds;
  const mean rate = flags_per_1000(family, by, seeds, what.quiet_points);
  if (!is_robust(by)) return figure(rate.value(), 2);
  const std::string worst = "; " + figure(rate.most(), 2);
  // Jumps with a period are known to the seasonal predictor alone.
  if (family.needs_season && !by.settings.zscore.seasonal) return figure(rate.value(), 2) + worst;
  return out.at_most(rate.value(), false_flags_max, 3) + worst;
}

}  // namespace

void report_false_flags(const plan& what, sheet& out) {
  out.heading("False flags on streams without anomalies");
  out.paragraph("Per 1,000 points: the mean of " + std::to_string(what.seeds) + " seeds (isolation forest: " +
                std::to_string(what.forest_seeds) + ") x " + std::to_string(what.quiet_points) +
                " points, the first included; after a semicolon the worst seed. The event alarm's are alarms, " +
                "on points five minutes apart.");
  table rates{{"stream"}};
  for (const contender& each : contenders()) rates.columns.push_back(each.name);
  for (const stream_family& family : quiet_families()) {
    std::vector<std::string> row = {family.name};
    for (const contender& each : contenders()) row.push_back(cell_of(family, each, what, out));
    rates.rows.push_back(std::move(row));
  }
  out.put(rates);
}

}  // namespace spindrift::quality
