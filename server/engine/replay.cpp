// Start-up: streams that were saved, and what the journal has behind them.
#include <mutex>
#include <utility>

#include "common/model/verdict.hpp"
#include "server/engine/batch.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/judging.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/threshold_evidence.hpp"
#include "server/engine/told_event.hpp"

namespace spindrift {

void engine::restore(std::unique_ptr<stream> loaded, moment now) {
  const std::uint64_t hash = streams_->hash_of(loaded->name);
  loaded->seen_ms = now.steady_ms;
  fit_reading(*loaded);
  loaded->events.recall_told(loaded->profile->rules);
  if (loaded->is_learning()) loaded->events.keep_to_itself(loaded->seldom->learned_from, loaded->seldom->learned_to);
  add(counts_.events_open, loaded->events.open_count());
  add(counts_.streams_silent, loaded->events.is_told_silent() ? 1 : 0);
  streams_->take_place(loaded->profile->grown_bytes(loaded->width()), {});
  const std::lock_guard guard(streams_->stripe_of(hash).lock);
  streams_->insert(std::move(loaded), hash);
}

void engine::expect_streams(std::size_t count) {
  for (stream_table::stripe& one : streams_->stripes()) one.streams.reserve(count / stream_table::stripe_count);
}

// Streams that learn together are all one thread's, whatever stripes they lie in; else a stripe is.
std::unique_lock<std::mutex> engine::lock_for_replay(std::uint64_t hash) const {
  std::unique_lock guard(streams_->stripe_of(hash).lock, std::defer_lock);
  if (is_any_shared_.load(std::memory_order_relaxed)) guard.lock();
  return guard;
}

std::optional<verdict> engine::replay(const point_record& record, journal_position position, moment now,
                                      std::vector<told_event>& told, std::vector<feature_verdict>& by_feature) {
  stream* known = nullptr;
  return replay(record, streams_->hash_of(record.subject.stream), position, now, told, by_feature, known);
}

std::optional<verdict> engine::replay(const point_record& record, std::uint64_t hash, journal_position position,
                                      moment now, std::vector<told_event>& told,
                                      std::vector<feature_verdict>& by_feature, stream*& known) {
  std::optional<verdict> result;  // stays where it is made: copies of it would wait for what judge() has written
  const point& from = record.subject;
  if (known == nullptr) known = find_for_replay(record, hash);
  stream* const to = known;
  if (to == nullptr || position <= to->journal.position || record.n != to->n + 1 || !to->takes(from)) return result;
  result.emplace();
  result->subject = from;
  result->n = ++to->n;
  std::vector<event> notices;
  by_feature.clear();
  by_feature.reserve(from.values.size());
  judge(from, *to, now, *result, notices, by_feature);
  if (notices.empty()) return result;
  count_told(notices, true);
  complete_evidence(notices, to->profile->detectors, to->features());
  tell(from, *to, 0, notices, told);
  return result;
}

// Makes it where the point is its first. Null: there is none, and the point is no first one.
stream* engine::find_for_replay(const point_record& record, std::uint64_t hash) {
  const point& from = record.subject;
  const std::unique_lock guard = lock_for_replay(hash);
  stream* const found = streams_->stripe_of(hash).streams.find(from.stream, hash);
  if (found != nullptr || record.n != 1) return found;
  // What was applied once is applied again, even beyond a limit that has been lowered since.
  auto made = stream::make(from.stream, from, profile_of(from.stream));
  if (made->profile->is_counted(from)) made->judge_by_rate();
  streams_->take_place(made->profile->grown_bytes(made->width()), {});
  return streams_->insert(std::move(made), hash);
}

void engine::prefetch_replay(std::span<const std::uint64_t> hashes, std::size_t at) const {
  // Those that learn together lie in stripes of other threads.
  if (is_any_shared_.load(std::memory_order_relaxed)) return;
  prefetch_numbered(hashes, at);
  prefetch_judged([&](std::size_t i) { return guess(hashes, i); }, at + 3 * judged_ahead);
}

void engine::replay_forget(std::string_view name, journal_position position) {
  const std::uint64_t hash = streams_->hash_of(name);
  const std::unique_lock guard = lock_for_replay(hash);
  const stream* const found = streams_->stripe_of(hash).streams.find(name, hash);
  if (found == nullptr || position <= found->journal.position) return;
  forget_counts(*found);
  streams_->erase(name, hash);
}

void engine::replay_note(std::string_view name, const stream_note& note, journal_position position,
                         std::vector<told_event>& told) {
  const std::uint64_t hash = streams_->hash_of(name);
  const std::unique_lock guard = lock_for_replay(hash);
  stream* const to = streams_->stripe_of(hash).streams.find(name, hash);
  if (to == nullptr || position <= to->journal.position) return;
  std::vector<event> notices;
  apply_note(note, *to, notices);
  hold_back(*to, notices);
  count_told(notices, true);
  for (event& notice : notices) told.push_back({0, {}, std::move(notice)});
}

}  // namespace spindrift
