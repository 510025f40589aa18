// The engine's streams as a whole: eviction, listing, saving, restoring.
#include <algorithm>
#include <utility>

#include "server/engine/engine.hpp"

namespace spindrift {

// Evicts up to `wanted` streams that have been idle for long enough, the longest idle first. A look around the whole
// table is dear, so at most one a second is taken and its findings are used until they are spent.
bool engine::make_room(std::size_t wanted, moment now) {
  const std::lock_guard guard(eviction_lock_);
  const std::int64_t idle_since = now.steady_ms - settings_.idle_before_eviction.count();
  if (idle_.empty() && (looked_around_ms_ == INT64_MIN || now.steady_ms - looked_around_ms_ >= 1'000)) {
    looked_around_ms_ = now.steady_ms;
    for (stripe& each : stripes_) {
      const std::lock_guard stripe_lock(each.lock);
      each.streams.for_each([&](const stream& one, std::uint64_t hash) {
        if (one.seen_ms < idle_since) idle_.push_back({one.seen_ms, one.name, hash});
      });
    }
    std::sort(idle_.begin(), idle_.end(), [](const idle_stream& a, const idle_stream& b) {
      return a.seen_ms != b.seen_ms ? a.seen_ms > b.seen_ms : a.name > b.name;
    });
  }
  std::size_t evicted = 0;
  while (evicted < wanted && !idle_.empty()) {
    const idle_stream candidate = std::move(idle_.back());
    idle_.pop_back();
    stripe& home = stripe_of(candidate.hash);
    const std::lock_guard stripe_lock(home.lock);
    stream* const found = home.streams.find(candidate.name, candidate.hash);
    if (found == nullptr || found->seen_ms != candidate.seen_ms) continue;  // it has been heard of since
    // A stream that replay would bring back would swallow the first points of the one that gets its name.
    if (journal_ != nullptr && !journal_->forget(*found)) break;
    home.streams.erase(candidate.name, candidate.hash);
    stream_count_.fetch_sub(1, std::memory_order_relaxed);
    ++evicted;
  }
  add(counts_.streams_evicted, evicted);
  return evicted > 0;
}

std::vector<stream_summary> engine::list(const std::function<bool(std::string_view)>& is_wanted, std::size_t limit) {
  std::vector<stream_summary> found;
  const auto by_name = [](const stream_summary& a, const stream_summary& b) { return a.name < b.name; };
  // A heap of the first `limit` names seen so far, the last of them on top: memory stays bounded by the limit.
  for (const stripe& each : stripes_) {
    const std::lock_guard guard(each.lock);
    each.streams.for_each([&](stream& one, std::uint64_t /*hash*/) {
      if (!is_wanted(one.name)) return;
      if (found.size() == limit) {
        if (limit == 0 || one.name >= found.front().name) return;
        std::pop_heap(found.begin(), found.end(), by_name);
        found.pop_back();
      }
      found.push_back({one.name, one.n, one.last, one.last_ts, one.detectors.mean(), one.features.size()});
      std::push_heap(found.begin(), found.end(), by_name);
    });
  }
  std::sort_heap(found.begin(), found.end(), by_name);
  return found;
}

void engine::save_streams(const std::function<void(stream&)>& save, const std::function<bool()>& put) {
  for (stripe& each : stripes_) {
    std::vector<std::pair<std::string, std::uint64_t>> names;
    {
      const std::lock_guard guard(each.lock);
      each.streams.for_each([&](const stream& one, std::uint64_t hash) { names.emplace_back(one.name, hash); });
    }
    // One lock a stream, so that no batch waits longer than it takes to copy one state.
    for (const auto& [name, hash] : names) {
      {
        const std::lock_guard guard(each.lock);
        stream* const found = each.streams.find(name, hash);
        if (found == nullptr) continue;
        save(*found);
      }
      if (!put()) return;
    }
  }
}

void engine::restore(std::unique_ptr<stream> loaded, moment now) {
  const std::uint64_t hash = hash_(loaded->name);
  loaded->seen_ms = now.steady_ms;
  stripe_of(hash).streams.insert(std::move(loaded), hash);
  stream_count_.fetch_add(1, std::memory_order_relaxed);
}

std::optional<verdict> engine::replay(const point_record& record, journal_position position, moment now) {
  const point& from = record.subject;
  const std::uint64_t hash = hash_(from.stream);
  name_table<stream>& table = stripe_of(hash).streams;
  stream* to = table.find(from.stream, hash);
  if (to != nullptr && position <= to->journal.position) return std::nullopt;
  if (record.n != (to == nullptr ? 1 : to->n + 1)) return std::nullopt;
  if (to == nullptr) {
    // What was applied once is applied again, even beyond a limit that has been lowered since.
    stream_count_.fetch_add(1, std::memory_order_relaxed);
    to = table.insert(std::make_unique<stream>(from.stream, from, profile_), hash);
  }
  if (!to->takes(from)) return std::nullopt;
  verdict result;
  result.subject = from;
  result.n = ++to->n;
  std::vector<event> told;
  apply(from, *to, now, result, told);
  return result;
}

void engine::replay_forget(std::string_view name, journal_position position) {
  const std::uint64_t hash = hash_(name);
  name_table<stream>& table = stripe_of(hash).streams;
  const stream* const found = table.find(name, hash);
  if (found == nullptr || position <= found->journal.position) return;
  table.erase(name, hash);
  stream_count_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace spindrift
