// When what was done is committed, what a snapshot costs at a time, and how a partition is let go.
#include <algorithm>
#include <utility>

#include "common/text/fnv1a.hpp"
#include "server/worker/held.hpp"
#include "server/worker/lane.hpp"

namespace spindrift::worker {

// At least once there is nobody to fence.
std::string lane::owner_mark() const {
  return settings_.delivery == delivery_level::exactly_once ? settings_.owner : std::string(no_owner);
}

void lane::revoked(std::span<const std::int32_t> partitions, step& out) {
  if (is_over_) return;
  for (const std::int32_t number : partitions) {
    held* const of = find(number);
    if (of == nullptr) {
      out.released.push_back(number);
      continue;
    }
    if (of->is_leaving) continue;
    add(own_.revoked, 1);
    of->is_leaving = true;
    of->release_ms = now_ms_ + settings_.release_max.count();
    of->deadline_ms = of->release_ms + settings_.wait_max.count();
    // Who is to come replays nothing then; where little has come since the last one, he does that sooner than we
    // could write another.
    of->wants_last_snapshot = of->is_judging() && of->debt() > 0 && !of->is_snapshot_ready &&
                              now_ms_ - of->snapshot_ms > settings_.snapshot_interval.count() / 5;
    if (!of->is_taken()) let_go(*of, out);
  }
  choose_snapshot();
  advance_snapshot(out);
  commit_if_due(out);
}

void lane::let_go(held& of, step& out) {
  const std::int32_t number = of.number;
  if (restoring_ == number) restoring_ = -1;
  if (snapshotting_ == number) abandon_snapshot();
  out.released.push_back(number);
  partitions_.erase(number);
  begin_next_restore(out);
}

bool lane::is_worth_a_commit(const held& of) const {
  return of.is_taken() && (of.answered() > of.committed || of.has_changed || of.is_snapshot_ready);
}

bool lane::is_ready_to_leave(const held& of) const {
  return of.is_leaving && (!of.wants_last_snapshot || of.is_snapshot_ready);
}

void lane::commit_if_due(step& out) {
  if (commit_ != 0) return;
  bool is_due = sent_bytes_ > settings_.transaction_bytes_max;
  bool is_worth = sent_bytes_ > 0;
  for (const auto& [number, of] : partitions_) {
    is_due = is_due || is_ready_to_leave(*of);
    is_worth = is_worth || is_worth_a_commit(*of);
  }
  is_due = is_due || (is_worth && now_ms_ - commit_began_ms_ >= settings_.commit_interval.count());
  if (is_due) begin_commit(out);
}

void lane::begin_commit(step& out) {
  commit_ = next_ticket();
  is_flushed_ = false;
  commit_began_ms_ = now_ms_;
  commit_order order{commit_, {}};
  for (const auto& [number, of] : partitions_) {
    const bool leaves = is_ready_to_leave(*of);
    of->is_in_commit = of->is_taken() && (leaves || is_worth_a_commit(*of));
    if (!of->is_in_commit) continue;
    of->commits = of->answered();
    of->next_pointer = of->pointer;
    if (of->is_snapshot_ready) of->next_pointer = {of->at, of->first, of->last, {}};
    of->next_pointer.owner = leaves ? std::string(no_owner) : owner_mark();
    order.offsets.push_back({number, of->commits, to_text(of->next_pointer)});
  }
  out.commit = std::move(order);
}

void lane::flushed(ticket of) {
  if (of == 0 || of != commit_ || is_flushed_ || settings_.delivery != delivery_level::at_least_once) return;
  is_flushed_ = true;
  sent_bytes_ = 0;
}

void lane::committed(ticket of, step& out) {
  if (of == 0 || of != commit_) return;
  if (!is_flushed_) sent_bytes_ = 0;
  commit_ = 0;
  is_flushed_ = false;
  add(own_.committed, 1);
  std::vector<held*> leaving;
  for (const auto& [number, one] : partitions_) {
    if (!one->is_in_commit) continue;
    one->is_in_commit = false;
    one->committed = one->commits;
    one->has_changed = false;
    const bool has_moved = one->next_pointer.first != one->pointer.first;
    if (has_moved) {
      // The one before stays, for who reads just now.
      if (one->pointer.has_snapshot()) out.deletions.push_back({number, one->pointer.first});
      one->is_snapshot_ready = false;
      one->wants_last_snapshot = false;
      one->snapshot_bytes = one->bytes;
      one->snapshot_ms = one->begun_ms;
      one->has_snapshot_age = true;
      add(own_.snapshots, 1);
      add(own_.snapshot_bytes, one->bytes);
    }
    // What was judged while these offsets were on their way has a commit of its own to come.
    const bool is_all = one->answered() <= one->commits;
    const bool leaves = one->is_leaving && one->next_pointer.is_released() && is_all;
    one->pointer = one->next_pointer;
    if (leaves && is_ready_to_leave(*one)) leaving.push_back(one.get());
  }
  for (held* const one : leaving) let_go(*one, out);
}

bool lane::wants_snapshot(const held& of) const {
  if (!of.is_judging() || of.is_snapshot_ready || of.debt() == 0) return false;
  if (of.is_leaving) return of.wants_last_snapshot;
  const std::int64_t age_ms = now_ms_ - of.snapshot_ms;
  const std::int64_t interval_ms = settings_.snapshot_interval.count();
  const std::uint64_t debt_ms = of.debt() * 1'000 / std::max<std::uint64_t>(replay_per_s_, 1);
  // What a successor would have to replay counts more than the clock.
  if (debt_ms > static_cast<std::uint64_t>(settings_.replay_debt_max.count())) return age_ms >= interval_ms / 30;
  if (age_ms < interval_ms) return false;
  return of.debt() >= of.body->stream_count() || age_ms >= 4 * interval_ms;
}

void lane::choose_snapshot() {
  if (snapshotting_ >= 0) {
    // Whoever leaves goes first.
    const held* const current = find(snapshotting_);
    const bool someone_leaves = std::any_of(partitions_.begin(), partitions_.end(), [&](const auto& one) {
      return one.second->is_leaving && wants_snapshot(*one.second);
    });
    if (current->is_leaving || !someone_leaves) return;
    abandon_snapshot();
  }
  held* chosen = nullptr;
  for (const auto& [number, of] : partitions_) {
    if (!wants_snapshot(*of)) continue;
    const bool is_better = chosen == nullptr || (of->is_leaving && !chosen->is_leaving) ||
                           (of->is_leaving == chosen->is_leaving && of->debt() > chosen->debt());
    if (is_better) chosen = of.get();
  }
  if (chosen != nullptr) begin_snapshot(*chosen);
}

void lane::begin_snapshot(held& of) {
  snapshotting_ = of.number;
  of.first = of.last = -1;
  of.begun_ms = now_ms_;
  // Told apart from those of others that may have written to the same partition at about this time.
  fnv1a id;
  id.add(settings_.owner + ' ' + std::to_string(of.body->next()) + ' ' + std::to_string(next_ticket()));
  of.body->begin_snapshot(id.value() | 1U);
  of.at = of.body->snapshot_at();
}

void lane::abandon_snapshot() {
  held* const of = find(snapshotting_);
  snapshotting_ = -1;
  if (of == nullptr) return;
  of->body->abandon_snapshot();
  std::erase_if(chunks_in_flight_, [of](const auto& one) { return one.second == of->number; });
}

void lane::advance_snapshot(step& out, bool sends_alone) {
  held* const of = find(snapshotting_);
  if (of == nullptr || !takes_records()) return;  // nothing is sent while a transaction ends
  snapshot_encoder& made = of->body->encoder();
  if (!sends_alone && chunks_in_flight_.size() < settings_.chunks_in_flight_max) {
    of->body->advance_snapshot(settings_.snapshot_slice_bytes);
  }
  while (made.has_message() && chunks_in_flight_.size() < settings_.chunks_in_flight_max) {
    const std::string message = made.take_message();
    if (chunks_in_flight_.empty()) chunk_progress_ms_ = now_ms_;
    const ticket id = next_ticket();
    chunks_in_flight_.emplace(id, of->number);
    out.chunks.push_back({id, of->number, out.put(message)});
    sent_bytes_ += message.size();
  }
  end_snapshot_if_delivered(*of);
}

void lane::delivered(ticket chunk, std::int64_t offset, step& /*out*/) {
  const auto found = chunks_in_flight_.find(chunk);
  if (found == chunks_in_flight_.end()) return;
  held* const of = find(found->second);
  chunks_in_flight_.erase(found);
  chunk_progress_ms_ = now_ms_;
  if (of == nullptr || of->number != snapshotting_) return;
  of->first = of->first < 0 ? offset : std::min(of->first, offset);
  of->last = std::max(of->last, offset);
  end_snapshot_if_delivered(*of);
}

void lane::end_snapshot_if_delivered(held& of) {
  if (!chunks_in_flight_.empty() || !of.body->encoder().is_over() || of.first < 0) return;
  of.bytes = of.body->encoder().bytes();
  of.is_snapshot_ready = true;
  of.body->abandon_snapshot();
  snapshotting_ = -1;
}

}  // namespace spindrift::worker
