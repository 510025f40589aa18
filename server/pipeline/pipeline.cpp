// Observes a batch, keeps the verdicts of named producers, encodes what is needed and tells the sinks.
#include "server/pipeline/pipeline.hpp"

#include <algorithm>
#include <mutex>

#include "server/engine/engine.hpp"
#include "server/engine/producer_table.hpp"

namespace spindrift {

void pipeline::ingest(intake& taken, moment now) {
  if (taken.is_empty()) return;
  if (taken.points.sender != nullptr) {
    ingest_named(taken, now);
  } else {
    engine_.observe(taken.points, now);
  }
  if (!taken.is_superseded) encode_needed(taken);
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
  for (std::size_t i = 0; i < points.points.size(); ++i) {
    const std::uint64_t seq = points.points[i].seq;
    if (points.outcomes[i].why == refusal::none) {
      taken.encode_line(i);
      named.unblock();
      named.keep(seq, taken.line(i));
    }
    if (points.outcomes[i].why == refusal::storage_full) named.block_after(seq);
  }
  taken.newest_seq = named.last_seq();
}

void pipeline::encode_needed(intake& taken) {
  sink::need most = sink::need::no_lines;
  bool needs_events = false;
  asked_.clear();
  for (sink* const told : sinks_) {
    const sink::need needed = told->needs();
    if (needed == sink::need::some_lines) asked_.push_back(told);
    needs_events = needs_events || needed == sink::need::event_lines;
    most = std::max(most, needed);
  }
  if (most == sink::need::no_lines) return;
  const batch& points = taken.points;
  for (std::size_t i = 0; i < points.outcomes.size(); ++i) {
    if (points.outcomes[i].why != refusal::none) continue;
    const verdict& judged = points.outcomes[i].what;
    const bool is_event = judged.is_event();
    bool needed = (is_event && needs_events) || most == sink::need::every_line;
    for (std::size_t k = 0; k < asked_.size() && !needed; ++k) {
      needed = asked_[k]->needs_line(points.hashes[i], judged.subject.stream, is_event);
    }
    if (needed) taken.encode_line(i);
  }
}

void pipeline::publish(const intake& taken) {
  if (taken.is_empty() || taken.is_superseded) return;
  for (sink* const told : sinks_) told->offer(taken);
}

}  // namespace spindrift
