// How a stream is watched: the settings of its detectors, shared by all streams that have the same, and looked up once,
// when a stream begins. Never changed once made, so any thread may read it; a stream keeps its own alive.
#pragma once

#include <memory>
#include <vector>

#include "server/detect/detector.hpp"
#include "server/detect/detector_part.hpp"

namespace spindrift {

struct stream_profile {
  explicit stream_profile(const detector_settings& chosen) : detectors(chosen), parts(parts_of(detectors)) {}

  const detector_settings detectors;
  const std::vector<detector_part> parts;  // what is saved of its detectors
};

using shared_profile = std::shared_ptr<const stream_profile>;

}  // namespace spindrift
