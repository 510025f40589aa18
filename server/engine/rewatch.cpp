// Streams take other settings while points flow.
#include <string>
#include <string_view>
#include <utility>

#include "server/engine/engine.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {

profile_choice choice_of(const engine_settings& settings) {
  return {settings.detectors, settings.context_points, settings.silent_after, settings.streams};
}

shared_profile engine::profile_of(std::string_view name) const {
  const std::lock_guard guard(profile_lock_);
  return profiles_->of(name);
}

shared_profile engine::usual_profile() const {
  const std::lock_guard guard(profile_lock_);
  return profiles_->usual();
}

void engine::watch_with(const engine_settings& chosen) {
  profile_choice wanted = choice_of(chosen);
  wanted.context_points = settings_.context_points;
  std::unique_ptr<const profile_book> made;
  {
    const std::lock_guard guard(profile_lock_);
    made = std::make_unique<const profile_book>(wanted, profiles_.get());
    std::swap(made, profiles_);
  }
  made->retire();
}

// Under the stripe's lock, before the stream is looked at.
void engine::hold_to_settings(stream& known) {
  if (known.profile->is_retired.load(std::memory_order_relaxed)) rewatch(known, profile_of(known.name));
}

void engine::rewatch(stream& known, shared_profile chosen) {
  const std::size_t grown_before = known.profile->grown_bytes(known.width());
  if (chosen->shared_detectors != known.profile->shared_detectors) {
    detector made(chosen->detectors, known.width());
    for (const detector_entry* const wanted : chosen->running) {
      const bool runs = wanted->runs(known.profile->detectors);
      if (!runs || wanted->state_settings(chosen->detectors) != wanted->state_settings(known.profile->detectors)) {
        continue;
      }
      std::string bytes;
      known.detectors.save(wanted->tag, bytes);
      made.restore(wanted->tag, bytes, chosen->detectors);
    }
    known.detectors = std::move(made);
  }
  known.profile = std::move(chosen);
  fit_reading(known);
  streams_->regrow(grown_before, known.profile->grown_bytes(known.width()));
}

// A stream whose rate is judged, and was not, or the other way round, has other data now: all is learned anew.
void engine::fit_reading(stream& known) {
  const value_reading as = known.profile->as;
  if (as == value_reading::as_sent || (as == value_reading::rate) == (known.rate != nullptr)) return;
  known.detectors = detector(known.profile->detectors, known.width());
  known.rate.reset();
  if (as == value_reading::rate) known.judge_by_rate();
}

}  // namespace spindrift
