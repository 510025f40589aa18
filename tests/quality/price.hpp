// What a detector costs: CPU time a point, and heap bytes a stream when it is young and when it is grown. And how it
// did over several runs. One thread; a figure takes some 100,000 points.
#pragma once

#include <time.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/quality/contender.hpp"
#include "tests/quality/heap_count.hpp"
#include "tests/quality/sheet.hpp"

namespace spindrift::quality {

constexpr std::uint64_t priced_young = 200;
constexpr std::uint64_t priced_grown = 20'000;
constexpr int price_repetitions = 5;

inline double thread_cpu_ns() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// The points whose price is asked: the sine scenario, with its anomalies.
inline std::vector<sample> priced_points() {
  scenario from({.name = scenario_name::sine});
  std::vector<sample> points(priced_grown);
  for (sample& each : points) from.next(0, each);
  return points;
}

struct price {
  double ns_per_point = 0;
  double young_bytes = 0;
  double grown_bytes = 0;

  void add_to(std::vector<std::string>& row) const {
    row.push_back(figure(ns_per_point, 0));
    row.push_back(figure(young_bytes, 0));
    row.push_back(figure(grown_bytes, 0));
  }
};

// make() -> a detector on the heap; update(detector, point). CPU time of this thread, the least of some repetitions.
template <class Make, class Update>
price price_of(const std::vector<sample>& points, Make make, Update update) {
  price result;
  result.ns_per_point = 1e18;
  for (int repetition = 0; repetition < price_repetitions; ++repetition) {
    const std::size_t before = live_heap_bytes();
    const auto detector = make();
    const double start = thread_cpu_ns();
    for (std::size_t i = 0; i < priced_young; ++i) update(*detector, points[i]);
    const double pause = thread_cpu_ns();
    result.young_bytes = static_cast<double>(live_heap_bytes() - before);
    const double resumed = thread_cpu_ns();
    for (std::size_t i = priced_young; i < priced_grown; ++i) update(*detector, points[i]);
    const double spent = thread_cpu_ns() - resumed + (pause - start);
    result.grown_bytes = static_cast<double>(live_heap_bytes() - before);
    result.ns_per_point = std::min(result.ns_per_point, spent / static_cast<double>(points.size()));
  }
  return result;
}

inline price price_of(const std::vector<sample>& points, const detector_settings& settings) {
  return price_of(
      points, [&settings] { return std::make_unique<detector>(settings, 1); },
      [](detector& detectors, const sample& point) {
        detectors.update(std::array<double, 1>{point.value}, static_cast<double>(point.ts) * 1e-3);
      });
}

struct quality_of_run {
  mean precision;
  mean recall;
  mean f1;

  void add(const confusion& counted) {
    precision.add(counted.precision());
    recall.add(counted.recall());
    f1.add(counted.f1());
  }
  std::string text() const {
    return figure(precision.value(), 3) + " / " + figure(recall.value(), 3) + " / **" + figure(f1.value(), 3) + "**";
  }
};

}  // namespace spindrift::quality
