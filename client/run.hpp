// One run of the simulator: settings in, the report on stdout, the exit code out. It builds the source and the
// producers, lets the sender do its work, and judges: lost, refused or unsent points make the exit code 1, unless a
// signal stopped the run, after which unsent points are nobody's fault. Throws replay_error, and std::runtime_error for
// a token file that cannot be read.
#pragma once

#include <stdexcept>

#include "client/settings.hpp"

namespace spindrift {

class bad_setting : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

int run_client(const client_settings& settings);

}  // namespace spindrift
