// Settings and the common result of the two Z-score baselines, classic_zscore and robust_zscore: how far is this point
// from what was expected of it, in units of the usual error.
//
// Plain data, no ownership, any thread. `validate` names every bad field by its flag and never throws. The settings are
// shared by all streams: a baseline keeps a pointer, so they outlive every baseline.
#pragma once

#include <string>
#include <vector>

namespace spindrift {

enum class zscore_method { robust, classic };

struct zscore_settings {
  zscore_method method = zscore_method::robust;
  // Robust only: a second predictor that finds a period of up to 288 points and looks back along it. Off, since its
  // history costs 7 KiB a stream (see season_predictor.hpp).
  bool seasonal = false;
  // Classic only: points in the baseline, 2 to 1,000,000 (8 bytes each).
  unsigned window = 100;
  // |z| beyond which a point is an anomaly; 0 means the method's own, 3 for classic and 5 for robust.
  // 0 to 999,999.
  double threshold = 0;
  // Points a baseline must hold before it gives a verdict: with 10 the 11th point is the first to be judged.
  // 2 to 1,000,000, and for classic at most `window`.
  unsigned min_samples = 10;
};

struct baseline_reading {
  double expected = 0;  // what the point should have been
  double sigma = 0;     // one unit of z
  double z = 0;         // (x - expected) / sigma, drawn in beyond 100 (see drawn_in)
  bool anomaly = false;
  bool warmup = true;  // too few points so far: z is 0 and nothing is flagged
  bool rare = false;   // judged by how often the stream shows such values (rare_value.hpp): z is no multiple of sigma
};

// Limits of every figure in a reading. A baseline takes any finite double: values beyond +-value_max count as
// +-value_max, so that squares and differences stay finite; an error beyond z_max sigma (a jump in a constant series)
// counts as that.
inline constexpr double value_max = 1e140;
inline constexpr double z_max = 1e9;

// The z of a reading: itself up to 100, beyond that drawn in so that it stays below 1,000 and still ranks.
inline double drawn_in(double z) {
  constexpr double straight = 100;
  constexpr double ceiling = 1000;
  const double size = z < 0 ? -z : z;
  if (size <= straight) return z;
  return z * (ceiling / (size + (ceiling - straight)));
}

// All complaints about the settings, each naming the flag, its value and what is allowed; empty when they are good.
std::vector<std::string> validate(const zscore_settings& settings);

// The threshold in force: the configured one, or `own` where none is.
inline double threshold_or(const zscore_settings& settings, double own) {
  return settings.threshold > 0 ? settings.threshold : own;
}

}  // namespace spindrift
