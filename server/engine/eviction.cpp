// Streams that were idle for long make room for others.
#include <algorithm>
#include <utility>
#include <vector>

#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/point_journal.hpp"
#include "server/engine/stream_profile.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/stripe_guard.hpp"

namespace spindrift {

// If every point brought a stream, would it be too much?
bool engine::may_need_room(const batch& work) const {
  if (stream_count() + work.points.size() > streams_max()) return true;
  const std::size_t bytes_max = grown_bytes_max_.load(std::memory_order_relaxed);
  if (bytes_max == 0) return false;
  std::size_t values = 0;
  for (const point& from : work.points) values += std::max<std::size_t>(from.values.size(), 1);
  return streams_->grown_bytes() + values * usual_profile()->grown_bytes(1) > bytes_max;
}

bool engine::is_reckoned_full(bool was_full) const {
  const std::size_t bytes_max = grown_bytes_max_.load(std::memory_order_relaxed);
  if (bytes_max == 0) return false;
  const std::size_t one = usual_profile()->grown_bytes(1);
  const std::size_t wanted = was_full ? std::max(one, bytes_max / 20) : one;
  return streams_->grown_bytes() + wanted > bytes_max;
}

// For the streams that the batch would bring. Those that are there have been heard of now, so none of them makes room
// for the others. Room is made before any point is numbered: applying the rest first and these afterwards would put the
// points of a producer into the journal in another order than that of their seqs.
void engine::make_room(const batch& work, moment now, std::uint64_t stripes) {
  std::vector<std::pair<std::uint64_t, std::size_t>> missing;  // the hash, and what the stream may grow to
  {
    const stripe_guard guard(streams_->stripes(), stripes);
    for (std::size_t i = 0; i < work.points.size(); ++i) {
      stream* const known = streams_->stripe_of(work.hashes[i]).streams.find(work.points[i].stream, work.hashes[i]);
      if (known == nullptr) {
        const std::size_t values = std::max<std::size_t>(work.points[i].values.size(), 1);
        missing.emplace_back(work.hashes[i], profile_of(work.points[i].stream)->grown_bytes(values));
      }
      if (known != nullptr) known->seen_ms = now.steady_ms;
    }
  }
  std::sort(missing.begin(), missing.end());
  const auto is_same = [](const auto& a, const auto& b) { return a.first == b.first; };
  missing.erase(std::unique(missing.begin(), missing.end(), is_same), missing.end());
  if (missing.empty()) return;
  const std::size_t grown_of_one = usual_profile()->grown_bytes(1);
  std::size_t count = stream_count() + missing.size();
  std::size_t bytes = streams_->grown_bytes();
  for (const auto& [hash, grown] : missing) bytes += grown;
  const std::size_t bytes_bound = grown_bytes_max_.load(std::memory_order_relaxed);
  const std::size_t bytes_max = bytes_bound == 0 ? SIZE_MAX : bytes_bound;
  const std::int64_t before_ms = now.steady_ms - idle_before_eviction_ms_.load(std::memory_order_relaxed);
  while (count > streams_max() || bytes > bytes_max) {
    // A few at a time, since what a stream gives is known only once it has gone.
    const std::size_t by_bytes =
        bytes > bytes_max ? std::min<std::size_t>((bytes - bytes_max) / grown_of_one + 1, 16) : 0;
    const std::size_t by_count = count > streams_max() ? count - streams_max() : 0;
    const std::size_t bytes_then = streams_->grown_bytes();
    const std::size_t gone = forget_idle(before_ms, std::max(by_bytes, by_count), now);
    if (gone == 0) return;
    const std::size_t given = bytes_then - std::min(bytes_then, streams_->grown_bytes());
    count -= std::min(count, gone);
    bytes -= std::min(bytes, given);
  }
}

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
      if (one.seen_ms < before_ms) idle.push_back({one.name.str(), hash});
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
