// Observes a batch, keeps the verdicts of named producers, encodes what is needed and tells the sinks.
#include "server/pipeline/pipeline.hpp"

#include <algorithm>
#include <mutex>

#include "server/engine/engine.hpp"
#include "server/engine/outcome.hpp"
#include "server/engine/producer_table.hpp"
#include "server/engine/stream_table.hpp"
#include "server/engine/told_event.hpp"
#include "server/pipeline/kept_verdict.hpp"

namespace spindrift {

void pipeline::ingest(intake& taken, moment now) {
  if (taken.is_empty()) return;
  // Before any lock of a producer is held.
  ask_sinks();
  if (taken.points.sender != nullptr) return ingest_named(taken, now);
  engine_.observe(taken.points, now);
  if (needed_.always != 0 || needed_.asks) encode_needed(taken);
}

void pipeline::ingest_named(intake& taken, moment now) {
  batch& points = taken.points;
  producer& named = *points.sender;
  const std::lock_guard guard(named.lock);
  taken.is_superseded = !named.is_held_by(taken.holder);
  if (taken.is_superseded) return;
  // Behind a hole nothing is applied until the point that belongs there comes again. The seqs of a batch ascend, so its
  // first one tells.
  if (named.is_blocked(points.points.front().seq)) {
    points.outcomes.assign(points.points.size(), outcome{refusal::storage_full, {}});
    taken.newest_seq = named.last_seq();
    return;
  }
  engine_.observe(points, now);
  if (needed_.always != 0 || needed_.asks) encode_needed(taken);
  for (std::size_t i = 0; i < points.points.size(); ++i) {
    const std::uint64_t seq = points.points[i].seq;
    if (points.outcomes[i].why == refusal::none) {
      named.unblock();
      named.keep_written(seq, [&](std::string& kept) { pack_verdict(points.outcomes[i].what, kept); });
    }
    if (points.outcomes[i].why == refusal::storage_full) named.block_after(seq);
  }
  taken.newest_seq = named.last_seq();
}

// A verdict, then what the stream's events have to say at its point.
void pipeline::encode_needed(intake& taken) {
  const batch& points = taken.points;
  std::size_t next_told = 0;
  for (std::size_t i = 0; i < points.outcomes.size(); ++i) {
    const std::size_t told_before = next_told;
    while (next_told < points.told.size() && points.told[next_told].point == i) ++next_told;
    // What is learned alone nobody hears of but who sent it.
    const bool is_news = points.outcomes[i].why == refusal::none && !points.points[i].is_learned;
    if (is_news && is_needed(points, i, class_of(points.outcomes[i].what))) taken.encode_line(i);
    for (std::size_t k = told_before; k < next_told; ++k) {
      if (points.told[k].notice.is_picture_alone) continue;
      if (is_needed(points, i, class_of(points.told[k].notice))) taken.encode_event(k);
    }
  }
}

void pipeline::ask_sinks() {
  needed_ = {};
  asked_.clear();
  for (sink* const told : sinks_) {
    const sink::need wish = told->needs();
    needed_.always = static_cast<line_classes>(needed_.always | wish.always);
    needed_.asks = needed_.asks || wish.asks;
    needed_.comparisons += wish.comparisons;
    if (wish.asks) asked_.push_back(told);
  }
}

bool pipeline::is_needed(const batch& points, std::size_t i, line_class line) {
  if (holds(needed_.always, line)) return true;
  return std::any_of(asked_.begin(), asked_.end(),
                     [&](sink* told) { return told->needs_line(points.hashes[i], points.points[i].stream, line); });
}

void pipeline::tell_of_silence(std::size_t at, std::size_t slices, moment now) {
  for (std::size_t stripe = at; stripe < stream_table::stripe_count; stripe += slices) {
    engine_.tell_of_silence(stripe, now, intake::points_max, apart_.points);
  }
  tell_apart();
  for (sink* const told : sinks_) told->pass_time(at, slices, now);
}

void pipeline::hear_refused(std::string_view stream, moment now) {
  engine_.hear_refused(stream, now, apart_.points);
  tell_apart();
  for (sink* const told : sinks_) told->hear_refused(stream, now);
}

void pipeline::tell_apart() {
  if (apart_.is_empty()) return;
  ask_sinks();
  encode_needed(apart_);
  publish(apart_);
  apart_.clear();
}

void pipeline::publish(const intake& taken) {
  if (taken.is_empty() || taken.is_superseded) return;
  for (sink* const told : sinks_) told->offer(taken);
}

}  // namespace spindrift
