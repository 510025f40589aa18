// What came back, held against the truth.
//
// Anomalies: the `anomaly` flag of each verdict against the point's label; the first `warmup_points` of each stream are
// not scored. Recall, precision and F1 by kind hold every false flag against every kind, since a false flag has none.
// Drifts: the first drift verdict at or after an injected drift (and before the next one) finds it, and its delay is
// the distance in points. ADWIN sheds an old level in several cuts: later drift verdicts within `drift_echo_points`
// of the one that found it belong to it as well (echoes). All others are false drifts.
// A score is fed by one thread, a stream's points in order. Memory: 24 bytes a stream, 8 a found drift. 3 ns a point.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spindrift {

inline constexpr std::uint64_t warmup_points = 100;
inline constexpr std::uint64_t drift_echo_points = 1'000;

// What a verdict said, as far as it is judged.
struct verdict_flags {
  bool anomaly = false;
  bool drift = false;
  bool alarm = false;
};

struct judged_point {
  std::size_t stream = 0;
  std::uint64_t number = 0;  // in its stream, from 1
  std::uint8_t kind = 0;     // 1 + index of the injected kind; 0: nothing injected
};

struct confusion {
  std::uint64_t true_positives = 0;
  std::uint64_t false_positives = 0;
  std::uint64_t false_negatives = 0;

  // Empty where undefined: nothing was flagged, nothing was injected.
  std::optional<double> precision() const;
  std::optional<double> recall() const;
  std::optional<double> f1() const;
};

class score {
public:
  struct kind_count {
    std::string name;
    std::uint64_t injected = 0;
    std::uint64_t found = 0;
  };
  struct drift_count {
    std::uint64_t reported = 0;  // all drift verdicts
    std::uint64_t injected = 0;  // injected drifts that the points reached
    std::uint64_t false_ones = 0;
    std::uint64_t echoes = 0;
    std::vector<std::uint64_t> delays;  // points, one for each injected drift that was found

    std::optional<double> delay_median() const;
  };

  // Without truth nothing but flags, alarms and drifts is counted. `drift_points` ascend.
  score(std::size_t streams, const std::vector<std::string>& kinds, bool has_truth,
        std::vector<std::uint64_t> drift_points);

  void judge(const judged_point& point, const verdict_flags& flags);

  bool has_truth() const { return has_truth_; }
  std::size_t stream_count() const { return streams_.size(); }
  std::uint64_t scored() const { return scored_; }  // points held against the truth
  std::uint64_t flags() const { return flags_; }    // anomaly flags, scored or not
  std::uint64_t alarms() const { return alarms_; }
  const confusion& overall() const { return overall_; }
  confusion of_kind(std::size_t kind) const;
  const std::vector<kind_count>& kinds() const { return kinds_; }
  const drift_count& drifts() const { return drifts_; }
  // False flags per 1,000 scored points without an anomaly.
  std::optional<double> false_flags_per_1000() const;

private:
  struct stream_drift {
    std::size_t reached = 0;     // drift points reached
    std::size_t found = 0;       // 1 + index of the last one found; 0: none yet
    std::uint64_t found_at = 0;  // where
  };

  void judge_drift(const judged_point& point, stream_drift& state);

  bool has_truth_;
  std::uint64_t scored_ = 0;
  std::uint64_t flags_ = 0;
  std::uint64_t alarms_ = 0;
  confusion overall_;
  std::vector<kind_count> kinds_;
  std::vector<std::uint64_t> drift_points_;
  std::vector<stream_drift> streams_;
  drift_count drifts_;
};

}  // namespace spindrift
