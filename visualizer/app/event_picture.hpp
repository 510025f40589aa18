// `spindrift-viz --event STREAM:NUMBER --output FILE`: one event as a picture, from what the server keeps of it. No
// feed: one question, one picture, and the end. Blocks; one call a process.
#pragma once

#include <string_view>

#include "visualizer/app/settings.hpp"
#include "visualizer/series/gallery.hpp"

namespace spindrift {

// The points around an event and the event itself, of a reply to `explain`; no panel: it has none.
gallery picture_of(std::string_view reply);

int run_event_picture(const viewer_settings& settings);

}  // namespace spindrift
