// A detector that looks at all values of a point together and says whether the point is anomalous. What looks at one
// value at a time, and at what the others said of it, is part of feature_detector instead (detector.hpp).
//
// Belongs to one stream; one thread at a time. The settings it was made with outlive it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace spindrift {

class point_judge {
public:
  static constexpr std::uint32_t points_expected = 2'000;

  virtual ~point_judge() = default;

  // True: an anomaly. Values are finite and as many as it was made for. A late point is not shown to it.
  virtual bool observe(std::span<const double> values, double t_seconds) = 0;
  // A person has called what was flagged usual: from here on, for `points_expected` points, what it flags it learns as
  // well. Nothing to do for one that learns all of them anyway.
  virtual void expect() {}
  // Appends its state; takes it back, false when the bytes are not, to the last of them, such a state.
  virtual void save(std::string& out) = 0;
  virtual bool restore(std::string_view bytes) = 0;
};

}  // namespace spindrift
