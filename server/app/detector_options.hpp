// The flags of the detectors, for the daemon and for spindrift-detect alike.
#pragma once

#include "common/cli/options.hpp"
#include "server/detect/detector.hpp"

namespace spindrift {

// Declares every flag of the detectors; the settings must outlive `options`. Ranges are for validate() to judge.
void declare(detector_settings& settings, option_set& options);

}  // namespace spindrift
