// The detectors as saved state knows them: each is a part of its own under a tag, with a version, so that one that is
// new, missing or changed costs itself alone its memory.
//
// Tags and versions last: a tag is given once and never to another. Plain values and functions; any thread.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace spindrift {

struct detector_settings;

// From 16 on: the smaller ones are for what a stream has beside its detectors.
enum class detector_tag : std::uint16_t {
  classic_zscore = 16,
  robust_zscore = 17,
  adwin = 18,
  ensemble = 19,
  isolation_forest = 20,
  clock = 21,  // of the event times: always there
};

struct detector_part {
  detector_tag tag{};
  std::uint16_t version = 0;   // of its state: the class's state_version
  std::uint32_t settings = 0;  // a hash of those settings that decide what its state looks like; thresholds do not
};

// The parts of a detector with these settings, in the order of their tags.
std::vector<detector_part> parts_of(const detector_settings& settings);
// "zscore", … as --detectors spells it, with the method where there are two; empty for a tag that is nobody's.
std::string_view name_of(detector_tag tag);

}  // namespace spindrift
