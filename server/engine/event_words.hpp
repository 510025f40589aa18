// Notices in the words that a person chose for a stream: its title before the sentence, the unit behind numbers.
// Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/model/event.hpp"
#include "server/engine/stream_profile.hpp"

namespace spindrift {

// What a person calls the stream; empty: nobody has said.
std::string chosen_title(const stream_profile& of, std::string_view name);
// Only where the profile has such words.
void add_words(const stream_profile& of, std::string_view name, std::vector<event>& notices);

}  // namespace spindrift
