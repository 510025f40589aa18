// Streams that were idle for long make room for others.
#include <vector>

#include "server/engine/engine.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/stream_table.hpp"

namespace spindrift {

std::size_t engine::forget_idle(std::int64_t before_ms, std::size_t limit, moment now) {
  const std::lock_guard guard(eviction_lock_);
  if (idle_.wants_look(now.steady_ms)) look_for_idle(before_ms, now);
  std::size_t evicted = 0;
  while (evicted < limit) {
    const auto candidate = idle_.take(before_ms);
    if (!candidate) break;
    const eviction ended = evict(*candidate);
    if (ended == eviction::refused) break;
    if (ended == eviction::done) ++evicted;
  }
  add(counts_.streams_evicted, evicted);
  return evicted;
}

std::size_t engine::forget_idle(std::int64_t before_ms) {
  std::size_t forgotten = 0;
  std::vector<stream_key> idle;
  for (stream_table::stripe& stripe : streams_->stripes()) {
    const std::lock_guard guard(stripe.lock);
    idle.clear();
    stripe.streams.for_each([&](const stream& one, std::uint64_t hash) {
      if (one.seen_ms < before_ms) idle.push_back({one.name, hash});
    });
    for (const stream_key& key : idle) {
      stream* const gone = stripe.streams.find(key.name, key.hash);
      if (journal_ != nullptr && !journal_->forget(*gone)) return forgotten;
      forget_counts(*gone);
      streams_->erase(key.name, key.hash);
      ++forgotten;
    }
  }
  return forgotten;
}

void engine::look_for_idle(std::int64_t before_ms, moment now) {
  idle_.begin_look(now.steady_ms);
  for (const stream_table::stripe& stripe : streams_->stripes()) {
    const std::lock_guard guard(stripe.lock);
    stripe.streams.for_each([&](const stream& one, std::uint64_t hash) {
      if (one.seen_ms < before_ms) idle_.offer(one.seen_ms, one.name, hash);
    });
  }
  idle_.end_look();
}

engine::eviction engine::evict(const idle_stream& candidate) {
  const stream_table::locked_stream locked = streams_->lock({candidate.name, candidate.hash});
  if (locked.found == nullptr || locked.found->seen_ms != candidate.seen_ms) return eviction::needless;
  // A stream that replay would bring back would swallow the first points of the one that gets its name.
  if (journal_ != nullptr && !journal_->forget(*locked.found)) return eviction::refused;
  forget_counts(*locked.found);
  streams_->erase(candidate.name, candidate.hash);
  return eviction::done;
}

}  // namespace spindrift
