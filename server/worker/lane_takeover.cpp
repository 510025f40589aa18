// A partition is taken over: whose it was, where it stands, its snapshot, its replay.
#include <algorithm>
#include <utility>

#include "server/worker/held.hpp"
#include "server/worker/lane.hpp"

namespace spindrift::worker {

void lane::assigned(std::span<const std::int32_t> partitions, step& out) {
  if (is_over_) return;
  for (const std::int32_t number : partitions) {
    if (find(number) != nullptr) continue;
    add(own_.assigned, 1);
    auto made = std::make_unique<held>();
    made->number = number;
    made->body = std::make_unique<partition>(number, settings_, settings_hash_, counts_, own_);
    held& placed = *partitions_.emplace(number, std::move(made)).first->second;
    ask_position(placed, false, out);
  }
}

void lane::ask_position(held& of, bool stable, step& out) {
  of.ask = next_ticket();
  of.asks_stable = stable;
  of.fences.clear();
  of.deadline_ms = now_ms_ + settings_.wait_max.count();
  out.positions.push_back({of.ask, of.number, stable});
}

// The dead owner may have a transaction open, above which nothing is stable until it times out: this aborts it at once,
// and makes sure that the owner is dead.
void lane::ask_fence(held& of, const std::string& owner, step& out) {
  of.ask = 0;
  of.fences = owner;
  of.deadline_ms = 0;  // the fence's own counts
  pending_fence& pending = fences_[owner];
  if (pending.id != 0) return;
  pending.id = next_ticket();
  pending.deadline_ms = now_ms_ + settings_.wait_max.count();
  add(own_.fences, 1);
  note(notice_level::info, "fencing", of.number, owner, out);
  out.fences.push_back({pending.id, owner});
}

void lane::fenced(ticket of, step& out) {
  const auto found =
      std::find_if(fences_.begin(), fences_.end(), [of](const auto& one) { return one.second.id == of; });
  if (found == fences_.end()) return;
  const std::string owner = found->first;
  fences_.erase(found);
  for (const auto& [number, waits] : partitions_) {
    if (waits->fences == owner) ask_position(*waits, true, out);
  }
}

void lane::positioned(ticket of, const found_position& found, step& out) {
  held* const asked = find_asking(of);
  if (asked == nullptr || asked->phase != partition_phase::asking) return;
  asked->ask = 0;
  asked->deadline_ms = 0;
  if (asked->asks_stable) return take_position(*asked, found, out);
  const auto pointer = pointer_from(found.metadata);
  const bool is_others = pointer && !pointer->is_released() && pointer->owner != settings_.owner;
  if (is_others && settings_.delivery == delivery_level::exactly_once) return ask_fence(*asked, pointer->owner, out);
  ask_position(*asked, true, out);
}

void lane::take_position(held& of, const found_position& found, step& out) {
  of.pointer = {};
  if (found.committed < 0) {
    of.committed = of.pointer.at = found.begin;
  } else {
    of.committed = found.committed;
    const auto pointer = pointer_from(found.metadata);
    if (pointer && pointer->at <= found.committed) {
      of.pointer = *pointer;
    } else {
      note(notice_level::warning, "metadata_unknown", of.number,
           "what is committed beside offset " + std::to_string(found.committed) +
               " is no pointer to a snapshot; everything is learned anew from there",
           out);
      of.pointer.at = found.committed;
    }
    if (is_offset_lost(of, found, out)) return;
  }
  if (of.doubted == of.pointer) return lose_snapshot(of, of.doubt, out);
  of.has_changed = of.pointer.owner != owner_mark();
  of.phase = partition_phase::waiting;
  if (!of.pointer.has_snapshot()) {
    of.body->begin_at(of.pointer.at);
    begin_replay(of, out);
  } else {
    begin_next_restore(out);
  }
}

// True when the program stops for it. Else, with `skip`, it goes on at the oldest record that is left.
bool lane::is_offset_lost(held& of, const found_position& found, step& out) {
  if (of.pointer.at >= found.begin && of.committed <= found.end) return false;
  const std::string text = "partition " + std::to_string(of.number) + " of " + settings_.points + ": offsets from " +
                           std::to_string(of.pointer.at) + " (committed: " + std::to_string(of.committed) +
                           ") are wanted, there are " + std::to_string(found.begin) + " to " +
                           std::to_string(found.end);
  if (settings_.on_offset_lost == offset_lost_rule::stop) {
    stop(1, text + "; --on-offset-lost skip goes on at the oldest that is there", out);
    return true;
  }
  note(notice_level::warning, "offset_lost", of.number, text, out);
  const bool is_made_anew = of.committed > found.end;
  of.replay_from = found.begin;
  of.committed = is_made_anew ? found.begin : std::max(of.committed, found.begin);
  of.skips_to_begin = true;
  return false;
}

void lane::begin_next_restore(step& out) {
  if (restoring_ >= 0) return;
  const auto found = std::find_if(partitions_.begin(), partitions_.end(), [](const auto& one) {
    return one.second->phase == partition_phase::waiting && !one.second->is_leaving;
  });
  if (found == partitions_.end()) return;
  held& of = *found->second;
  restoring_ = of.number;
  of.phase = partition_phase::restoring;
  of.ask = next_ticket();
  of.deadline_ms = now_ms_ + settings_.wait_max.count();
  out.snapshots.push_back({of.ask, of.number, of.pointer.first, of.pointer.last});
}

void lane::chunk(ticket of, std::int64_t offset, std::string_view value, step& out) {
  held* const to = find_asking(of);
  if (to == nullptr || to->phase != partition_phase::restoring) return;
  if (offset < to->pointer.first || offset > to->pointer.last) return;
  to->deadline_ms = now_ms_ + settings_.wait_max.count();
  const std::string where = "the snapshot of partition " + std::to_string(to->number) + " (offsets " +
                            std::to_string(to->pointer.first) + " to " + std::to_string(to->pointer.last) + "): ";
  switch (to->body->load(value)) {
    case partition::loading::more:
      return;
    case partition::loading::done:
      return end_restore(*to, out);
    case partition::loading::newer:
      return stop(1, where + to->body->why_not() + "; run that version, or raise --state-version only when all have it",
                  out);
    case partition::loading::repartitioned:
      if (!settings_.accepts_repartition) {
        return stop(78, where + to->body->why_not() + "; --accept-repartition learns everything anew", out);
      }
      break;
    case partition::loading::damaged:
      return lose_snapshot(*to, where + to->body->why_not(), out);
  }
  note(notice_level::warning, "repartitioned", to->number, where + to->body->why_not() + "; learned anew", out);
  learn_anew(*to);
  begin_replay(*to, out);
}

void lane::chunks_ended(ticket of, step& out) {
  held* const to = find_asking(of);
  if (to == nullptr || to->phase != partition_phase::restoring) return;
  lose_snapshot(*to, "the snapshot of partition " + std::to_string(to->number) + " is not whole", out);
}

// Who was away for long has a pointer of long ago: the position is asked once more before anything is given up.
void lane::lose_snapshot(held& of, const std::string& why, step& out) {
  if (of.doubted != of.pointer) {
    of.doubted = of.pointer;
    of.doubt = why;
    of.body = std::make_unique<partition>(of.number, settings_, settings_hash_, counts_, own_);
    of.phase = partition_phase::asking;
    if (restoring_ == of.number) restoring_ = -1;
    return ask_position(of, true, out);
  }
  if (settings_.on_offset_lost == offset_lost_rule::stop) {
    return stop(1, why + "; --on-offset-lost skip learns the partition anew", out);
  }
  note(notice_level::warning, "snapshot_lost", of.number, why + "; learned anew", out);
  learn_anew(of);
  begin_replay(of, out);
}

// From the committed offset on, as if nothing had been before.
void lane::learn_anew(held& of) {
  of.body = std::make_unique<partition>(of.number, settings_, settings_hash_, counts_, own_);
  of.pointer = {of.committed, -1, -1, of.pointer.owner};
  of.has_changed = true;
  of.body->begin_at(of.committed);
}

void lane::end_restore(held& of, step& out) {
  if (of.body->next() != of.pointer.at) {
    return lose_snapshot(of, "the snapshot of partition " + std::to_string(of.number) + " is of another offset", out);
  }
  add(own_.restores, 1);
  add(own_.restored_streams, of.body->stream_count());
  if (of.body->settings_differ()) {
    add(own_.settings_differ, 1);
    note(notice_level::warning, "settings_differ", of.number,
         "the worker that took this partition's snapshot has other settings of detectors or streams than this one",
         out);
  }
  if (of.body->streams_changed() > 0) {
    add(own_.detectors_changed, of.body->streams_changed());
    note(notice_level::warning, "detectors_changed", of.number,
         std::to_string(of.body->streams_changed()) + " streams learn a part of what they knew anew", out);
  }
  begin_replay(of, out);
}

void lane::begin_replay(held& of, step& out) {
  of.ask = 0;
  of.deadline_ms = 0;
  if (restoring_ == of.number) restoring_ = -1;
  of.snapshot_ms = now_ms_ - settings_.snapshot_interval.count() * (of.number % 16) / 16;
  if (of.skips_to_begin) {
    of.body->begin_at(of.replay_from);
    of.pointer.at = std::min(of.pointer.at, of.committed);
  }
  of.replay_from = of.body->next();
  of.replay_to = of.committed;
  of.replay_began_ms = now_ms_;
  of.phase = partition_phase::replaying;
  out.seeks.push_back({of.number, of.replay_from});
  if (is_memory_full_) out.pauses.push_back(of.number);
  if (of.replay_from >= of.replay_to) return finish_replay(of, out);
  of.deadline_ms = now_ms_ + settings_.wait_max.count();
  note(notice_level::info, "replaying", of.number,
       "offsets " + std::to_string(of.replay_from) + " to " + std::to_string(of.replay_to), out);
}

void lane::finish_replay(held& of, step& out) {
  of.deadline_ms = 0;
  of.phase = partition_phase::live;
  const std::int64_t took_ms = now_ms_ - of.replay_began_ms;
  const std::int64_t records = of.replay_to - of.replay_from;
  if (took_ms >= 100 && records > 0) replay_per_s_ = static_cast<std::uint64_t>(records * 1'000 / took_ms) + 1;
  note(notice_level::info, "partition_live", of.number, "at offset " + std::to_string(of.body->next()), out);
  begin_next_restore(out);
}

}  // namespace spindrift::worker
