#include "tests/quality/contender.hpp"

#include <optional>

namespace spindrift::quality {

detector_settings only_zscore(zscore_method method, bool seasonal) {
  detector_settings settings;
  settings.adwin_on = settings.ensemble_on = false;
  settings.zscore.method = method;
  settings.zscore.seasonal = seasonal;
  return settings;
}

detector_settings only_isolation_forest() {
  detector_settings settings;
  settings.zscore_on = settings.adwin_on = settings.ensemble_on = false;
  settings.isolation_forest_on = true;
  return settings;
}

detector_settings only_ensemble() {
  detector_settings settings;
  settings.zscore_on = settings.adwin_on = false;
  return settings;
}

detector_settings only_adwin() {
  detector_settings settings;
  settings.zscore_on = settings.ensemble_on = false;
  return settings;
}

const std::vector<contender>& contenders() {
  static const std::vector<contender> all = {
      {"classic Z-score", only_zscore(zscore_method::classic, false)},
      {"robust Z-score", only_zscore(zscore_method::robust, false)},
      {"robust, seasonal", only_zscore(zscore_method::robust, true)},
      {"isolation forest", only_isolation_forest()},
      {"event alarm", only_ensemble()},
  };
  return all;
}

namespace {

detector_settings only(bool detector_settings::*on) {
  detector_settings settings;
  settings.zscore_on = settings.adwin_on = settings.ensemble_on = false;
  settings.*on = true;
  return settings;
}

detector_settings default_and(bool detector_settings::*on) {
  detector_settings settings;
  settings.*on = true;
  return settings;
}

}  // namespace

const std::vector<contender>& learners() {
  static const std::vector<contender> all = {
      {"default", {}},
      {"robust Z-score", only_zscore(zscore_method::robust, false)},
      {"isolation forest", only_isolation_forest()},
      {"ocsvm", only(&detector_settings::one_class_svm_on)},
      {"autoencoder", only(&detector_settings::autoencoder_on)},
      {"lstm", only(&detector_settings::recurrent_on)},
      {"default + ocsvm", default_and(&detector_settings::one_class_svm_on)},
      {"default + lstm", default_and(&detector_settings::recurrent_on)},
  };
  return all;
}

verdict_flags flags_of(const reading& seen) {
  return {.anomaly = seen.judged_by != 0, .drift = seen.drift.has_value(), .alarm = seen.alarm};
}

score judge(const scenario_run& run, const judge_of_points& by) {
  std::vector<std::uint64_t> drifts;
  if (run.drift_at > 0) drifts.push_back(run.drift_at);
  scenario from({.name = run.name, .seed = run.seed, .drift_points = drifts});
  score judged(1, from.kinds(), from.has_truth(), drifts);
  sample point;
  std::vector<double> values;
  for (std::uint64_t number = 1; number <= run.points; ++number) {
    from.next(0, point);
    values.clear();
    for (const feature& each : point.values) values.push_back(each.value);
    if (values.empty()) values.push_back(point.value);
    const verdict_flags flags = by(values, static_cast<double>(point.ts) * 1e-3);
    judged.judge({.stream = 0, .number = number, .kind = point.kind}, flags);
  }
  return judged;
}

score judge(const scenario_run& run, const detector_settings& settings, alarm_meaning alarm) {
  std::optional<detector> detectors;
  return judge(run, [&](const std::vector<double>& values, double t_seconds) {
    if (!detectors) detectors.emplace(settings, values.size());
    verdict_flags flags = flags_of(detectors->update(values, t_seconds));
    if (alarm == alarm_meaning::anomaly) flags.anomaly = flags.alarm;
    if (alarm == alarm_meaning::drift) flags.drift = flags.alarm;
    return flags;
  });
}

score judge_by_river(const scenario_run& run, const adwin_settings& settings) {
  std::vector<adwin> detectors;
  return judge(run, [&](const std::vector<double>& values, double) {
    while (detectors.size() < values.size()) detectors.emplace_back(settings);
    verdict_flags flags;
    for (std::size_t i = 0; i < values.size(); ++i) flags.drift = detectors[i].update(values[i]) || flags.drift;
    return flags;
  });
}

}  // namespace spindrift::quality
