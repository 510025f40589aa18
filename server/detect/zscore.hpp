// Settings and the common result of the two Z-score baselines, classic_zscore and robust_zscore: how far is this point
// from what was expected of it, in units of the usual error.
//
// Plain data, no ownership, any thread. `validate` names every bad field by its flag and never throws. The settings are
// shared by all streams: a baseline keeps a pointer, so they outlive every baseline.
#pragma once

#include <string>
#include <vector>

#include "server/detect/reading.hpp"
#include "server/detect/settings.hpp"

namespace spindrift {

// Limits of every figure in a reading. A baseline takes any finite double: values beyond +-value_max count as
// +-value_max, so that squares and differences stay finite; an error beyond z_max sigma (a jump in a constant series)
// counts as that.
inline constexpr double value_max = 1e140;
inline constexpr double z_max = 1e9;
inline constexpr unsigned zscore_window_max = 1'000'000;

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
