// The detectors that are compared, each as the server runs it (server/detect/detector.hpp), alone or together, and the
// simulator's streams and score around them, without the sockets between them.
//
// Plain data and pure functions. Settings outlive every detector made from them: contenders() lives for ever.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "client/scenario.hpp"
#include "client/score.hpp"
#include "server/detect/adwin.hpp"
#include "server/detect/detector.hpp"

namespace spindrift::quality {

struct contender {
  std::string name;
  detector_settings settings;
};

// Each point detector alone, then the event alarm.
const std::vector<contender>& contenders();

// Those that learn from points, alone; with the default for comparison.
const std::vector<contender>& learners();

detector_settings only_zscore(zscore_method method, bool seasonal);
detector_settings only_isolation_forest();
detector_settings only_ensemble();
detector_settings only_adwin();

// What a detector said of a point, as the simulator judges it.
verdict_flags flags_of(const reading& seen);

struct scenario_run {
  scenario_name name = scenario_name::sine;
  std::uint64_t seed = 1;
  std::uint64_t points = 2'000;
  std::uint64_t drift_at = 0;  // 0: none
};

// Every point's values and event time in seconds go in, what is judged comes out. The first point tells how many values
// there are.
using judge_of_points = std::function<verdict_flags(const std::vector<double>& values, double t_seconds)>;
score judge(const scenario_run& run, const judge_of_points& by);

// By a detector with these settings. The event alarm has a flag of its own; it counts as an anomaly's or as a drift's
// where it is compared with those.
enum class alarm_meaning { alarm, anomaly, drift };
score judge(const scenario_run& run, const detector_settings& settings, alarm_meaning alarm = alarm_meaning::alarm);

// By river's ADWIN, one for each value.
score judge_by_river(const scenario_run& run, const adwin_settings& settings);

}  // namespace spindrift::quality
