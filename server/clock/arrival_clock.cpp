// Compares the two clocks, and makes up slowly for what the wall clock was set back.
#include "server/clock/arrival_clock.hpp"

namespace spindrift {
namespace {

// Both clocks are cut to milliseconds, so that between them one may seem to be missing.
constexpr std::int64_t jitter_ms = 1;
// Of the time that passes, one part in so many makes up.
constexpr std::int64_t share = 2;

}  // namespace

arrival_clock::reading arrival_clock::read(std::int64_t wall_ms, std::int64_t steady_ms) {
  const std::int64_t lead = wall_ms - steady_ms;
  if (!is_ahead_.load(std::memory_order_acquire) && lead >= lead_.load(std::memory_order_relaxed) - jitter_ms) {
    // Another thread's, of a millisecond before, may take its place: that is what the jitter is for.
    if (lead > lead_.load(std::memory_order_relaxed)) lead_.store(lead, std::memory_order_relaxed);
    return {wall_ms, 0};
  }
  const std::lock_guard guard(lock_);
  std::int64_t ahead = lead_.load(std::memory_order_relaxed);
  reading told;
  if (!is_ahead_.load(std::memory_order_relaxed)) {
    told.set_back_ms = ahead - lead;
    made_up_at_ms_ = steady_ms;
  }
  if (const std::int64_t made_up = (steady_ms - made_up_at_ms_) / share; made_up > 0) {
    ahead -= made_up;
    made_up_at_ms_ += made_up * share;
  }
  const bool has_caught_up = lead >= ahead;
  lead_.store(has_caught_up ? lead : ahead, std::memory_order_relaxed);
  is_ahead_.store(!has_caught_up, std::memory_order_release);
  told.wall_ms = has_caught_up ? wall_ms : steady_ms + ahead;
  return told;
}

}  // namespace spindrift
