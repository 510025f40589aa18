// Notices in the words that a person chose for a stream: its title before the sentence, the unit behind numbers.
// A pure function; any thread. Only where a profile has such words.
#pragma once

#include <string>
#include <vector>

#include "common/model/event.hpp"
#include "server/engine/stream_profile.hpp"

namespace spindrift {

void add_words(const stream_profile& of, const std::string& name, std::vector<event>& notices);

}  // namespace spindrift
