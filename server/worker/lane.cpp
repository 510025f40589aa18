// What a lane does with records, failures and time.
#include "server/worker/lane.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "server/worker/held.hpp"

namespace spindrift::worker {

lane::lane(const lane_settings& settings, counters& counts, lane_counters& own)
    : settings_(settings),
      settings_hash_(spindrift::worker::settings_hash(settings)),
      counts_(counts),
      own_(own),
      replay_per_s_(settings.replay_records_per_s) {}

lane::~lane() = default;

held_partition* lane::find(std::int32_t number) {
  const auto found = partitions_.find(number);
  return found == partitions_.end() ? nullptr : found->second.get();
}

held_partition* lane::find_asking(ticket of) {
  if (of == 0) return nullptr;
  const auto found =
      std::find_if(partitions_.begin(), partitions_.end(), [of](const auto& one) { return one.second->ask == of; });
  return found == partitions_.end() ? nullptr : found->second.get();
}

void lane::note(notice_level level, std::string_view event, std::int32_t partition, std::string text, step& out) {
  out.notices.push_back({level, event, partition, std::move(text)});
}

void lane::drop_all() {
  partitions_.clear();
  fences_.clear();
  chunks_in_flight_.clear();
  restoring_ = snapshotting_ = -1;
  commit_ = 0;
  is_flushed_ = false;
  sent_bytes_ = 0;
}

// What was done and not committed is done again, by whoever has the partitions then.
void lane::start_anew(std::string why, step& out) {
  if (is_over_) return;
  if (is_dirty()) add(own_.aborted, 1);
  add(own_.fresh_starts, 1);
  drop_all();
  note(notice_level::warning, "lane_starts_anew", -1, why, out);
  out.starts_anew = std::move(why);
}

void lane::stop(int exit_code, std::string message, step& out) {
  if (is_over_) return;
  is_over_ = true;
  drop_all();
  out.stops = stop_order{exit_code, std::move(message)};
}

bool lane::is_dirty() const {
  return sent_bytes_ > 0 || commit_ != 0 || std::any_of(partitions_.begin(), partitions_.end(), [](const auto& one) {
           return one.second->answered() > one.second->committed;
         });
}

bool lane::is_ready() const {
  return !partitions_.empty() &&
         std::all_of(partitions_.begin(), partitions_.end(), [](const auto& one) { return one.second->is_judging(); });
}

void lane::records(std::int32_t number, std::span<const input_record> given, step& out) {
  held* const to = find(number);
  if (is_over_ || to == nullptr || !to->is_taken() || to->is_leaving || given.empty()) return;
  if (to->phase == partition_phase::replaying) {
    const auto end =
        std::find_if(given.begin(), given.end(), [to](const input_record& one) { return one.offset >= to->replay_to; });
    const auto silent = static_cast<std::size_t>(end - given.begin());
    to->body->judge(given.first(silent), true, out);
    to->deadline_ms = now_ms_ + settings_.wait_max.count();
    given = given.subspan(silent);
    if (given.empty() && to->body->next() < to->replay_to) return;
    finish_replay(*to, out);
    if (given.empty()) return;
  }
  const std::size_t before = out.bytes.size();
  const std::uint64_t snapshot_before = to->body->encoder().size();
  if (auto stopped = to->body->judge(given, false, out)) return stop(stopped->exit_code, stopped->message, out);
  sent_bytes_ += out.bytes.size() - before;
  if (!has_told_misrouted_ && read(own_.misrouted) > 0) {
    has_told_misrouted_ = true;
    note(notice_level::warning, "misrouted", number,
         "a record's key is its stream's name, but Java's partitioner would send it elsewhere: producers that disagree "
         "split a stream's state; give all the same one (librdkafka: partitioner=murmur2_random)",
         out);
  }
  // What had to be put into the snapshot before these points is its share of this turn.
  const bool has_had_its_turn = to->body->encoder().size() - snapshot_before > settings_.snapshot_slice_bytes / 4;
  advance_snapshot(out, has_had_its_turn);
}

void lane::caught_up(std::int32_t number, std::int64_t next_offset, step& out) {
  held* const to = find(number);
  if (to == nullptr || to->phase != partition_phase::replaying || next_offset < to->replay_to) return;
  to->body->pass_to(to->replay_to);
  finish_replay(*to, out);
}

void lane::lost(std::span<const std::int32_t> partitions, step& out) {
  bool had_one = false;
  for (const std::int32_t number : partitions) {
    had_one = had_one || find(number) != nullptr;
    add(own_.lost, 1);
  }
  if (had_one) start_anew("partitions were lost to another member of the group", out);
}

void lane::failed(failure why, std::string_view detail, step& out) {
  if (why == failure::fenced) add(own_.fenced, 1);
  constexpr std::array<std::string_view, 5> names = {"the transaction failed", "the client failed",
                                                     "another has our transactional id", "no answer came in time",
                                                     "a message could not be delivered"};
  std::string text(names[static_cast<std::size_t>(why)]);
  if (!detail.empty()) text.append(": ").append(detail);
  start_anew(std::move(text), out);
}

void lane::limit_memory(bool is_full, step& out) {
  if (is_full == is_memory_full_) return;
  is_memory_full_ = is_full;
  if (is_full) {
    add(own_.memory_full, 1);
    note(notice_level::warning, "memory_full", -1, "no records are fetched until memory is back", out);
  }
  for (const auto& [number, of] : partitions_) {
    if (of->is_taken()) (is_full ? out.pauses : out.resumes).push_back(number);
  }
}

void lane::tick(std::int64_t now_ms, step& out) {
  now_ms_ = std::max(now_ms_, now_ms);
  if (is_over_) return;
  watch_deadlines(out);
  if (out.starts_anew) return;
  begin_next_restore(out);
  release_late_ones();
  choose_snapshot();
  advance_snapshot(out);
  commit_if_due(out);
}

// Replies get lost, and whoever waits for one for ever has died without anybody's notice.
void lane::watch_deadlines(step& out) {
  const std::int64_t wait_ms = settings_.wait_max.count();
  if (commit_ != 0 && now_ms_ - commit_began_ms_ > wait_ms) return start_anew("a commit was not answered in time", out);
  if (!chunks_in_flight_.empty() && now_ms_ - chunk_progress_ms_ > wait_ms) {
    return start_anew("a snapshot's messages were not delivered in time", out);
  }
  for (const auto& [owner, pending] : fences_) {
    if (now_ms_ > pending.deadline_ms) return start_anew("fencing " + owner + " was not answered in time", out);
  }
  for (const auto& [number, of] : partitions_) {
    if (of->deadline_ms != 0 && now_ms_ > of->deadline_ms) {
      return start_anew("partition " + std::to_string(number) + ": its take-over stood still for too long", out);
    }
  }
}

// What is left of an orderly release's time is for the commit.
void lane::release_late_ones() {
  for (const auto& [number, of] : partitions_) {
    if (!of->is_leaving || !of->wants_last_snapshot || now_ms_ <= of->release_ms) continue;
    of->wants_last_snapshot = false;
    if (snapshotting_ == number) abandon_snapshot();
  }
}

std::vector<partition_state> lane::describe() const {
  std::vector<partition_state> made;
  for (const auto& [number, of] : partitions_) {
    partition_state one;
    one.number = number;
    one.phase = of->is_leaving ? partition_phase::leaving : of->phase;
    one.next = of->body->next();
    one.committed = of->committed;
    one.streams = of->body->stream_count();
    one.newest_ms = of->body->newest_ms();
    one.debt = of->debt();
    if (of->has_snapshot_age) one.snapshot_age_ms = now_ms_ - of->snapshot_ms;
    one.snapshot_bytes = of->snapshot_bytes;
    made.push_back(one);
  }
  return made;
}

}  // namespace spindrift::worker
