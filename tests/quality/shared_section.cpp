// Streams that learn one network together, and each its own: how well one does that comes when others have been there,
// how well many that begin at once do, and what each of them takes.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "server/detect/shared_networks.hpp"
#include "tests/quality/price.hpp"
#include "tests/quality/section.hpp"

namespace spindrift::quality {
namespace {

constexpr std::array scenarios = {scenario_name::sine, scenario_name::daily, scenario_name::iot};
constexpr std::uint64_t first_points = 500;
constexpr std::uint64_t points_a_run = 2'000;
constexpr std::uint64_t streams_before = 4;
constexpr std::uint64_t streams_at_once = 20;
constexpr std::uint64_t seeds_apart = 1'000;  // of those who come before

detector_settings only(bool detector_settings::*on) {
  detector_settings settings;
  settings.zscore_on = settings.adwin_on = settings.ensemble_on = false;
  settings.*on = true;
  return settings;
}

// One stream after the other, all of a scenario.
class pattern {
public:
  pattern(scenario_name name, const detector_settings& settings, bool is_shared) : name_(name), settings_(settings) {
    if (!is_shared) return;
    settings_.shared_as = "pattern";
    together_.emplace("pattern");
  }

  confusion play(std::uint64_t seed, std::uint64_t points) {
    std::optional<detector> own;
    return judge({name_, seed, points},
                 [&](const std::vector<double>& values, double t_seconds) {
                   if (!own) own.emplace(settings_, values.size(), together_ ? &*together_ : nullptr);
                   return flags_of(own->update(values, t_seconds));
                 })
        .overall();
  }

private:
  scenario_name name_;
  detector_settings settings_;
  std::optional<shared_networks> together_;
};

std::string of_a_late_stream(scenario_name name, const detector_settings& settings, bool is_shared,
                             std::uint64_t points, std::uint64_t seeds) {
  quality_of_run all;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    pattern streams(name, settings, is_shared);
    for (std::uint64_t k = 1; is_shared && k <= streams_before; ++k) {
      streams.play(seeds_apart * k + seed, points_a_run);
    }
    all.add(streams.play(seed, points));
  }
  return all.text();
}

// A point of each in turn.
std::string of_many_at_once(scenario_name name, const detector_settings& settings, bool is_shared) {
  shared_networks together("pattern");
  detector_settings own = settings;
  if (is_shared) own.shared_as = "pattern";
  std::vector<std::unique_ptr<scenario>> from;
  std::vector<score> judged;
  std::vector<std::unique_ptr<detector>> detectors(streams_at_once);
  for (std::uint64_t seed = 1; seed <= streams_at_once; ++seed) {
    from.push_back(std::make_unique<scenario>(scenario_settings{.name = name, .seed = seed}));
    judged.emplace_back(1, from.back()->kinds(), from.back()->has_truth(), std::vector<std::uint64_t>{});
  }
  sample point;
  std::vector<double> values;
  for (std::uint64_t number = 1; number <= points_a_run; ++number) {
    for (std::size_t i = 0; i < streams_at_once; ++i) {
      from[i]->next(0, point);
      values.clear();
      for (const feature& each : point.values) values.push_back(each.value);
      if (values.empty()) values.push_back(point.value);
      if (!detectors[i]) detectors[i] = std::make_unique<detector>(own, values.size(), is_shared ? &together : nullptr);
      const verdict_flags flags = flags_of(detectors[i]->update(values, static_cast<double>(point.ts) * 1e-3));
      judged[i].judge({.stream = 0, .number = number, .kind = point.kind}, flags);
    }
  }
  quality_of_run all;
  for (const score& one : judged) all.add(one.overall());
  return all.text();
}

price price_of_late_stream(const std::vector<sample>& points, const detector_settings& settings, bool is_shared) {
  if (!is_shared) return price_of(points, settings);
  detector_settings own = settings;
  own.shared_as = "pattern";
  shared_networks together("pattern");
  const auto update = [](detector& by, const sample& point) {
    by.update(std::array<double, 1>{point.value}, static_cast<double>(point.ts) * 1e-3);
  };
  detector first(own, 1, &together);
  for (const sample& point : points) update(first, point);
  return price_of(
      points, [&] { return std::make_unique<detector>(own, 1, &together); }, update);
}

}  // namespace

void report_shared(const plan& what, sheet& out) {
  out.heading("One network for many streams");
  out.paragraph(
      "The autoencoder and the lstm, each stream with its own network and all with one. Precision / recall / "
      "**F1**, means of " +
      std::to_string(what.seeds) + " seeds: of the first " + std::to_string(first_points) + " and of " +
      std::to_string(points_a_run) + " points of a stream that comes when " + std::to_string(streams_before) +
      " others of its pattern have had " + std::to_string(points_a_run) + " each; of " +
      std::to_string(streams_at_once) + " streams that begin at once. Cost as in the comparison above, of the " +
      "stream alone.");
  table compared{{"detector", "network", "scenario", "late, 500 points", "late, 2,000 points", "20 at once", "ns/point",
                  "bytes, 200", "bytes, 20,000"}};
  const std::vector<sample> priced = priced_points();
  for (const auto& [detector_name, on] : {std::pair{"autoencoder", &detector_settings::autoencoder_on},
                                          std::pair{"lstm", &detector_settings::recurrent_on}}) {
    const detector_settings settings = only(on);
    for (const bool is_shared : {false, true}) {
      const price cost = price_of_late_stream(priced, settings, is_shared);
      for (const scenario_name name : scenarios) {
        std::vector<std::string> row = {detector_name,
                                        is_shared ? "shared" : "own",
                                        std::string(name_of(name)),
                                        of_a_late_stream(name, settings, is_shared, first_points, what.seeds),
                                        of_a_late_stream(name, settings, is_shared, points_a_run, what.seeds),
                                        of_many_at_once(name, settings, is_shared)};
        cost.add_to(row);
        compared.rows.push_back(std::move(row));
      }
    }
  }
  out.put(compared);
}

}  // namespace spindrift::quality
