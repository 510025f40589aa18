// How a stream is watched: the settings of its detectors, shared by all streams that have the same, and looked up once,
// when a stream begins. Never changed once made, so any thread may read it; a stream keeps its own alive.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "server/detect/registry.hpp"
#include "server/detect/settings.hpp"
#include "server/events/context_ring.hpp"

namespace spindrift {

struct stream_profile {
  explicit stream_profile(const detector_settings& chosen,
                          std::size_t shown_before_events = context_ring::points_usual);

  // What a stream of so many values takes once it is old and busy.
  std::size_t grown_bytes(std::size_t values) const;

  const detector_settings detectors;
  const std::size_t context_points;            // before an event, in its picture
  std::vector<const detector_entry*> running;  // what is saved of its detectors

private:
  std::size_t grown_bytes_of_one_ = 0;
};

using shared_profile = std::shared_ptr<const stream_profile>;

}  // namespace spindrift
