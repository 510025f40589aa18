// Streams take other settings while points flow.
#include <string>
#include <string_view>
#include <utility>

#include "server/engine/engine.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {
namespace {

// A stream whose rate is judged, and was not, or the other way round, has other data now: all is learned anew.
void read_as(stream& known, bool is_rate) {
  if (is_rate == (known.rate != nullptr)) return;
  known.detectors = detector(known.profile->detectors, known.width());
  known.rate.reset();
  if (is_rate) known.judge_by_rate();
}

// It was, and nothing but its source can say so from now on.
bool is_no_named_counter_now(const stream& known, const stream_profile& chosen) {
  const stream_profile& before = *known.profile;
  return known.rate != nullptr && before.as == value_reading::as_sent && chosen.as == value_reading::as_sent &&
         before.is_named_counter(known.name) && !chosen.is_named_counter(known.name);
}

}  // namespace

profile_choice choice_of(const engine_settings& settings) {
  return {settings.detectors, settings.context_points, settings.silent_after, settings.streams, settings.counters_of};
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
  streams_max_.store(chosen.streams_max, std::memory_order_relaxed);
  idle_before_eviction_ms_.store(chosen.idle_before_eviction.count(), std::memory_order_relaxed);
  std::unique_ptr<const profile_book> made;
  {
    const std::lock_guard guard(profile_lock_);
    made = std::make_unique<const profile_book>(wanted, profiles_.get());
    std::swap(made, profiles_);
  }
  made->retire();
}

// Under the stripe's lock, before the stream is looked at. `next`: the point that it is looked at for; null: none.
void engine::hold_to_settings(stream& known, const point* next) {
  if (!known.profile->is_retired.load(std::memory_order_relaxed)) return;
  shared_profile chosen = profile_of(known.name);
  // Whether the source calls it a count its next point says.
  if (next == nullptr && is_no_named_counter_now(known, *chosen)) return;
  rewatch(known, std::move(chosen), next);
}

void engine::rewatch(stream& known, shared_profile chosen, const point* next) {
  const bool is_sent_again = next != nullptr && !next->is_counter && is_no_named_counter_now(known, *chosen);
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
  if (is_sent_again) read_as(known, false);
  streams_->regrow(grown_before, known.profile->grown_bytes(known.width()));
}

// What the profile says of it; where it says nothing, as it is.
void engine::fit_reading(stream& known) {
  const stream_profile& profile = *known.profile;
  if (profile.as != value_reading::as_sent) return read_as(known, profile.as == value_reading::rate);
  if (profile.is_named_counter(known.name)) read_as(known, true);
}

}  // namespace spindrift
