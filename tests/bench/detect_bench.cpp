// One detector alone, fed a series it has not seen: nanoseconds a point, and the same loop for callgrind.
//
//   bench-detect adwin --clock 32 --data drifting --points 1000000
//
// prints one JSON object: points, ns (a point), found (points flagged or cuts, so that two runs can be seen to have
// done the same). The series is made before the clock starts. `take_series` is the function that callgrind is told to
// watch. --write FILE saves the series as raw doubles for the peers in other languages and ends.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <numbers>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "server/detect/adwin.hpp"
#include "server/detect/classic_zscore.hpp"
#include "server/detect/detector.hpp"
#include "server/detect/drift_detector.hpp"
#include "server/detect/ensemble/ensemble.hpp"
#include "server/detect/isolation_forest.hpp"
#include "server/detect/robust_zscore.hpp"
#include "tests/support/plain_adwin.hpp"

namespace {

using namespace spindrift;
using series = std::vector<double>;

// Normal noise of variance 1; drifting: its mean moves by 2 every 5,000 points, up and down in turn.
series make_series(std::size_t points, bool drifting) {
  std::mt19937_64 engine(11);
  series made(points);
  for (std::size_t i = 0; i < points; ++i) {
    const double u = (static_cast<double>(engine() >> 11U) + 0.5) * 0x1p-53;
    const double v = static_cast<double>(engine() >> 11U) * 0x1p-53;
    const double noise = std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * v);
    made[i] = noise + (drifting && (i / 5'000) % 2 == 1 ? 2.0 : 0.0);
  }
  return made;
}

// Kept whole and by this name, so that callgrind can count inside it alone.
template <class Take>
[[gnu::noinline]] std::uint64_t take_series(const series& all, Take&& take) {
  std::uint64_t found = 0;
  for (const double x : all) found += take(x) ? 1U : 0U;
  return found;
}

std::uint64_t run(const std::string& name, const detector_settings& settings, const series& all) {
  if (name == "plain-adwin") {
    plain_adwin one(settings.adwin);
    return take_series(all, [&](double x) { return one.update(x); });
  }
  if (name == "adwin") {
    adwin one(settings.adwin);
    return take_series(all, [&](double x) { return one.update(x); });
  }
  if (name == "drift-detector") {
    drift_detector one(settings.adwin);
    return take_series(all, [&](double x) { return one.update(x).has_value(); });
  }
  if (name == "classic") {
    classic_zscore one(settings.zscore);
    return take_series(all, [&](double x) { return one.update(x).anomaly; });
  }
  if (name == "robust") {
    robust_zscore one(settings.zscore);
    return take_series(all, [&](double x) { return one.update(x).anomaly; });
  }
  if (name == "ensemble") {
    ensemble one(settings.ensemble);
    double t_seconds = 1'764'000'000.0;
    return take_series(all, [&](double x) { return one.update(x, t_seconds += 60.0).alarm; });
  }
  isolation_forest one(settings.isolation_forest);
  return take_series(all, [&](double x) { return one.update(std::span<const double>(&x, 1)).anomaly; });
}

}  // namespace

int main(int argc, char** argv) {
  std::string name;
  std::string data = "stationary";
  std::string file;
  std::size_t points = 1'000'000;
  detector_settings settings;
  CLI::App app("one detector alone");
  app.add_option("detector", name)
      ->check(CLI::IsMember({"plain-adwin", "adwin", "drift-detector", "classic", "robust", "ensemble", "iforest"}));
  app.add_option("--clock", settings.adwin.clock);
  app.add_option("--data", data)->check(CLI::IsMember({"stationary", "drifting"}));
  app.add_option("--points", points);
  app.add_option("--write", file);
  CLI11_PARSE(app, argc, argv);

  const series all = make_series(points, data == "drifting");
  if (!file.empty()) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(all.data()), static_cast<std::streamsize>(all.size() * sizeof(double)));
    return 0;
  }
  settings.zscore.method = name == "classic" ? zscore_method::classic : zscore_method::robust;
  using steady = std::chrono::steady_clock;
  const auto begin = steady::now();
  const std::uint64_t found = run(name, settings, all);
  const double ns = std::chrono::duration<double, std::nano>(steady::now() - begin).count();
  std::printf(R"({"points":%zu,"ns":%.2f,"found":%llu})"
              "\n",
              points, ns / static_cast<double>(points), static_cast<unsigned long long>(found));
  return 0;
}
