// A fading mean that is kept as a float and reckoned in double: six digits of a share, a logarithm or an excess are
// more than what it was learned from tells. Not of values, times or what may exceed a float's range.
//
// Pure; any thread.
#pragma once

namespace spindrift {

inline void move_toward(float& mean, double value, double rate) {
  const auto before = static_cast<double>(mean);
  mean = static_cast<float>(before + rate * (value - before));
}

}  // namespace spindrift
