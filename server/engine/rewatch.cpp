// Streams take other settings while points flow.
#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/detect/shared_networks.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/profile_book.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/stripe_guard.hpp"

namespace spindrift {
namespace {

// A stream whose rate is judged, and was not, or the other way round, has other data now: all is learned anew.
void read_as(stream& known, bool is_rate) {
  if (is_rate == (known.rate() != nullptr)) return;
  known.detectors = detector(known.profile->detectors, known.width(), known.profile->networks.get());
  if (known.seldom) known.seldom->rate.reset();
  if (is_rate) known.judge_by_rate();
}

// It was, and nothing but its source can say so from now on.
bool is_no_named_counter_now(const stream& known, const stream_profile& chosen) {
  const stream_profile& before = *known.profile;
  return known.rate() != nullptr && before.as == value_reading::as_sent && chosen.as == value_reading::as_sent &&
         before.is_named_counter(known.name) && !chosen.is_named_counter(known.name);
}

// Of networks that are in one book and not in the other.
std::vector<std::string> changed_names(const std::vector<std::shared_ptr<shared_networks>>& before,
                                       const std::vector<std::shared_ptr<shared_networks>>& after) {
  std::vector<std::string> names;
  const auto add_missing = [&names](const auto& from, const auto& in) {
    for (const auto& one : from) {
      if (std::find(in.begin(), in.end(), one) == in.end()) names.push_back(one->name());
    }
  };
  add_missing(before, after);
  add_missing(after, before);
  return names;
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

std::vector<std::string> engine::watch_with(const engine_settings& chosen) {
  profile_choice wanted = choice_of(chosen);
  wanted.context_points = settings_.context_points;
  streams_max_.store(chosen.streams_max, std::memory_order_relaxed);
  idle_before_eviction_ms_.store(chosen.idle_before_eviction.count(), std::memory_order_relaxed);
  const std::shared_ptr<const profile_book> before = profiles();
  const auto made = std::make_shared<const profile_book>(wanted, before.get());
  {
    // No batch is under way: none has a stream that learns together with others under settings that it was not locked
    // by.
    const stripe_guard guard(streams_->stripes(), all_of(streams_->stripes()));
    const std::lock_guard own(profile_lock_);
    profiles_ = made;
    is_any_shared_.store(!made->networks().empty(), std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_release);
    before->retire();
  }
  return changed_names(before->networks(), made->networks());
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
    detector made(chosen->detectors, known.width(), chosen->networks.get());
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
