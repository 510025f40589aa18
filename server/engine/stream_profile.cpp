// Says what runs under a profile and what a stream may grow to with it.
#include "server/engine/stream_profile.hpp"

namespace spindrift {
namespace {

// The stream itself, its name and its place in the table, and what it remembers of events.
constexpr std::size_t bytes_of_stream = 1'024;
constexpr std::size_t event_bytes_a_value = 768;

std::size_t reckon(const stream_profile& profile, std::size_t values) {
  std::size_t bytes = bytes_of_stream + values * event_bytes_a_value + profile.context_points * 4 * (values + 1);
  for (const detector_entry* const entry : profile.running) bytes += entry->grown_bytes(profile.detectors, values);
  return bytes;
}

}  // namespace

stream_profile::stream_profile(const detector_settings& chosen, std::size_t shown_before_events)
    : detectors(chosen), context_points(shown_before_events) {
  for (const detector_entry& entry : spindrift::detectors()) {
    if (entry.runs(detectors)) running.push_back(&entry);
  }
  grown_bytes_of_one_ = reckon(*this, 1);
}

std::size_t stream_profile::grown_bytes(std::size_t values) const {
  return values <= 1 ? grown_bytes_of_one_ : reckon(*this, values);
}

}  // namespace spindrift
